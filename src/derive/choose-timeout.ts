import type { AdviceKind } from '../snapshot/advice.ts';
import type { KeepaliveModel, TimeoutPrediction } from '../snapshot/prediction.ts';
import { defaultAsyncFactor, highestOccupancy } from './keepalive-model.ts';

export interface Choice {
  readonly kind: AdviceKind;
  readonly advised?: TimeoutPrediction;
  /** Present when the number of slots must change, and for `redesign`, the number that memory does not allow. */
  readonly slots?: number;
}

export interface Means {
  readonly asyncFactor?: number;
  readonly workerBytes?: number;
  readonly availableBytes?: number;
}

/** Share of the best possible reuse that the advised timeout must keep. */
const keptReuse = 0.95;
/** A change that frees a smaller share of the slots at the busiest moment is not worth a restart. */
const worthwhile = 0.05;
/** Share of the free memory that new workers may use. */
export const usableMemory = 0.8;

/**
 * The smallest timeout that keeps 95 % of the best possible reuse, and keeps the busiest moment under 80 % of the
 * slots. If there is none: the largest timeout that fits, else keep-alive off, else more slots, within the available
 * memory. Without a known number of slots every timeout fits.
 */
export function chooseTimeout(model: KeepaliveModel, means: Means): Choice {
  const { todaySeconds } = model;
  const known = model.predictions.filter(
    ({ isLongerThanLog, timeoutSeconds }) => !isLongerThanLog || timeoutSeconds === todaySeconds,
  );
  const maximum = Math.max(...known.map(({ reuseRatio }) => reuseRatio.expected));
  const keeping = known.filter(({ reuseRatio }) => reuseRatio.expected >= keptReuse * maximum);
  const best = keeping.find(({ fits }) => fits !== false);
  const today = known.find(({ timeoutSeconds }) => timeoutSeconds === todaySeconds);
  if (best !== undefined && today !== undefined && keeping.includes(today) && isGood(today, best)) {
    return { kind: 'keep', advised: today };
  }
  const chosen = best ?? known.findLast(({ fits }) => fits === true);
  if (chosen === undefined) return addSlots(model, keeping, means);
  if (chosen === today) return { kind: 'keep', advised: today };
  return { kind: chosen.timeoutSeconds === 0 ? 'off' : 'timeout', advised: chosen };
}

/** Today's setting fulfils the rule, too, and the smaller timeout would free hardly any slots. */
function isGood(today: TimeoutPrediction, best: TimeoutPrediction): boolean {
  const freed = today.busiestSlots.high - best.busiestSlots.high;
  return today.fits !== false && freed <= worthwhile * today.busiestSlots.high;
}

/** Not even keep-alive off fits: requests alone occupy too many slots. */
function addSlots(
  model: KeepaliveModel,
  keeping: readonly TimeoutPrediction[],
  means: Means,
): Choice {
  const affordable = affordableSlots(model, means);
  const [smallest] = keeping;
  const fitting = [...keeping.slice(0, 1), ...model.predictions.toReversed()].find(
    (prediction) => neededSlots(model, prediction, means) <= affordable,
  );
  if (fitting === undefined) {
    // No timeout is advised: without the slots none of them fits.
    return smallest === undefined
      ? { kind: 'redesign' }
      : { kind: 'redesign', slots: neededSlots(model, smallest, means) };
  }
  return { kind: 'more_slots', advised: fitting, slots: neededSlots(model, fitting, means) };
}

/** The fewest slots with which the busiest moment uses at most 80 %. */
function neededSlots(
  { idleCost, busiestBusy }: KeepaliveModel,
  { busiestSlots }: TimeoutPrediction,
  { asyncFactor = defaultAsyncFactor }: Means,
): number {
  const wanted = busiestSlots.high / highestOccupancy;
  if (idleCost !== 'async') return Math.ceil(wanted);
  // Connections fit when workers + factor x idle workers suffice; requests fit when the workers suffice.
  const forConnections = (wanted + asyncFactor * busiestBusy) / (1 + asyncFactor);
  return Math.ceil(Math.max(forConnections, busiestBusy / highestOccupancy));
}

function affordableSlots(
  { slots, idleCost }: KeepaliveModel,
  { workerBytes, availableBytes }: Means,
): number {
  const costsMemory = idleCost !== 'reclaimable' && slots !== undefined;
  if (!costsMemory || workerBytes === undefined || availableBytes === undefined) return Infinity;
  return slots + Math.floor((availableBytes * usableMemory) / workerBytes);
}
