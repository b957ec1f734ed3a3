import type { SlotFigures } from '../snapshot/slots.ts';

/** part / whole, or `undefined` when either is unknown or the whole is 0: a ratio is never NaN and never guessed. */
export function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || whole <= 0) return undefined;
  return part / whole;
}

/** A share of slots, held within 0 to 1; each caller names the fact that lets it step outside. */
export function share(part: number | undefined, whole: number | undefined): number | undefined {
  const value = ratio(part, whole);
  return value === undefined ? undefined : Math.min(1, Math.max(0, value));
}

type Ratios = 'keepaliveOccupancy' | 'workerSaturation' | 'connectionOccupancy';

/** Completes slot figures with the ratios that are known; the others stay absent. */
export function withKnownRatios(
  figures: Omit<SlotFigures, Ratios>,
  ratios: Readonly<Record<Ratios, number | undefined>>,
): SlotFigures {
  const known = Object.entries(ratios).filter(([, value]) => value !== undefined);
  return { ...figures, ...Object.fromEntries(known) };
}
