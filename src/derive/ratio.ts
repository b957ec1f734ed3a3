import type { SlotFigures } from '../snapshot/slots.ts';

/** part / whole, or `undefined` when either is unknown or the whole is 0. A ratio is never NaN. */
export function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || whole <= 0) return undefined;
  return part / whole;
}

/** A share of slots, limited to 0 to 1; each caller states why it can exceed these limits. */
export function share(part: number | undefined, whole: number | undefined): number | undefined {
  const value = ratio(part, whole);
  return value === undefined ? undefined : Math.min(1, Math.max(0, value));
}

type Ratios = 'keepaliveOccupancy' | 'workerSaturation' | 'connectionOccupancy';

/** Adds the known ratios to slot figures; the others stay absent. */
export function withKnownRatios(
  figures: Omit<SlotFigures, Ratios>,
  ratios: Readonly<Record<Ratios, number | undefined>>,
): SlotFigures {
  const known = Object.entries(ratios).filter(([, value]) => value !== undefined);
  return { ...figures, ...Object.fromEntries(known) };
}
