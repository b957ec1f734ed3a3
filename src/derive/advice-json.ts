import type { Advice } from '../snapshot/advice.ts';

/** An advice for programs. Anything but "keep" is also a finding. */
export function adviceJson(advice: Advice) {
  const { kind, headline } = advice;
  return { ...advice, findings: kind === 'keep' ? [] : [{ kind, message: headline }] };
}
