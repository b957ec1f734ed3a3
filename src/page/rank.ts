import type { ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { PageTarget } from './model.ts';
import type { RatioName } from './ratios.ts';

/** The ratio as it is now, whatever told it. An exhausted server is full, also when its slots cannot be told. */
export function ratioOf({ view, verdict }: PageTarget, name: RatioName): number | undefined {
  if (name === 'workerSaturation' && verdict?.exhausted) return 1;
  return view?.figures?.[name];
}

export function isUp({ view }: PageTarget): boolean {
  return view?.observation.outcome.kind === 'answered';
}

/** These failures name their cause; the others say only that nothing came. */
const causeIsKnown: readonly ScrapeFailureResult[] = [
  'dns',
  'refused',
  'tls',
  'http_status',
  'not_a_status_page',
  'too_large',
];

/** Visitors get no answer, and neither the verdict nor the failure says why. */
export function isUnansweredWithoutCause({ view, verdict }: PageTarget): boolean {
  if (view?.unanswered !== true || verdict?.exhausted) return false;
  const { outcome } = view.observation;
  return outcome.kind === 'answered' || !causeIsKnown.includes(outcome.failure.result);
}

/** The worst first: exhausted, down, unanswered, then by saturation. The order of the configuration breaks ties. */
export function sortByTrouble(targets: readonly PageTarget[]): readonly PageTarget[] {
  return targets.toSorted((a, b) => trouble(b) - trouble(a));
}

/** A saturation is at most 1 in practice, and capped here, so that it never outranks a state. */
function trouble(target: PageTarget): number {
  if (target.verdict?.exhausted) return 4;
  if (isUnansweredWithoutCause(target)) return 2;
  if (target.view !== undefined && !isUp(target)) return 3;
  return Math.min(1, ratioOf(target, 'workerSaturation') ?? 0);
}
