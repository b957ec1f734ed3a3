import type { ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { PageTarget } from './model.ts';
import type { RatioName } from './ratios.ts';

/** The current ratio. The saturation of an exhausted server is 1, even if its slots are unknown. */
export function ratioOf({ view, verdict }: PageTarget, name: RatioName): number | undefined {
  if (name === 'workerSaturation' && verdict?.exhausted) return 1;
  return view?.figures?.[name];
}

export function isUp({ view }: PageTarget): boolean {
  return view?.observation.outcome.kind === 'answered';
}

/** Failures that name their cause. The others only show that no answer came. */
const causeIsKnown: readonly ScrapeFailureResult[] = [
  'dns',
  'refused',
  'tls',
  'http_status',
  'not_a_status_page',
  'too_large',
];

/** Whether visitors get no answer and neither the verdict nor the failure explains it. */
export function isUnansweredWithoutCause({ view, verdict }: PageTarget): boolean {
  if (view?.unanswered !== true || verdict?.exhausted) return false;
  const { outcome } = view.observation;
  return outcome.kind === 'answered' || !causeIsKnown.includes(outcome.failure.result);
}

/** The worst first: exhausted, down, unanswered, then by saturation. Ties keep the order of the configuration. */
export function sortByTrouble(targets: readonly PageTarget[]): readonly PageTarget[] {
  return targets.toSorted((a, b) => trouble(b) - trouble(a));
}

/** The saturation is limited to 1, so that it never outranks a state. */
function trouble(target: PageTarget): number {
  if (target.verdict?.exhausted) return 4;
  if (isUnansweredWithoutCause(target)) return 2;
  if (target.view !== undefined && !isUp(target)) return 3;
  return Math.min(1, ratioOf(target, 'workerSaturation') ?? 0);
}
