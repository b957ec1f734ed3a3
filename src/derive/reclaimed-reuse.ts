import type { Range, TimeoutPrediction } from '../snapshot/prediction.ts';

/**
 * Minimum share of the slots that nginx leaves to idle clients. It closes idle connections when fewer than 1/16 are
 * free, the longest idle first, up to 1/8 of them at a time (ngx_drain_connections in ngx_connection.c).
 */
const leftToIdle = 15 / 16 - 1 / 8;

/** Whether nginx reclaims nothing at that number of slots in use; false when it is not known. */
export function isLeftToIdle(highest: number | undefined, slots: number): boolean {
  return highest !== undefined && highest <= leftToIdle * slots;
}

/**
 * Lowers the low figures for an nginx that reclaims idle connections. It reclaims the longest idle ones first, so at
 * any moment it does no more harm than the largest timeout under which nothing is reclaimed.
 */
export function boundReclaim(
  predictions: readonly TimeoutPrediction[],
  slots: number,
): readonly TimeoutPrediction[] {
  const isLeft = ({ busiestSlots }: TimeoutPrediction) => isLeftToIdle(busiestSlots.high, slots);
  const safe = predictions.findLast(isLeft);
  return predictions.map((prediction) =>
    isLeft(prediction) ? prediction : asLowAs(prediction, safe),
  );
}

function asLowAs(
  prediction: TimeoutPrediction,
  safe: TimeoutPrediction | undefined,
): TimeoutPrediction {
  const lower = (own: Range, other: Range | undefined): Range => ({
    ...own,
    low: Math.min(own.low, other?.low ?? 0),
  });
  const { connectionsPerSecond: begun, handshakesSavedPerSecond: saved } = prediction;
  return {
    ...prediction,
    reuseRatio: lower(prediction.reuseRatio, safe?.reuseRatio),
    handshakesSavedPerSecond: lower(saved, safe?.handshakesSavedPerSecond),
    // All requests: in the worst case none of them reuses a connection.
    connectionsPerSecond: {
      ...begun,
      high: Math.max(begun.high, safe?.connectionsPerSecond.high ?? begun.high + saved.low),
    },
    meanIdleSlots: lower(prediction.meanIdleSlots, safe?.meanIdleSlots),
    busyHourIdleSlots: lower(prediction.busyHourIdleSlots, safe?.busyHourIdleSlots),
  };
}
