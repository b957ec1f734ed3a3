import type { Advice } from '../snapshot/advice.ts';

/** An advice for programs; a finding for whatever is not right as it is. */
export function adviceJson(advice: Advice) {
  const { kind, headline } = advice;
  return { ...advice, findings: kind === 'keep' ? [] : [{ kind, message: headline }] };
}
