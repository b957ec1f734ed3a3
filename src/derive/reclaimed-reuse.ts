import type { Range, TimeoutPrediction } from '../snapshot/prediction.ts';

/**
 * Of the slots, what nginx leaves idle clients at least. It closes idle connections when fewer than 1/16 are free, those
 * that are idle longest first, up to 1/8 of them at a time (ngx_drain_connections in ngx_connection.c).
 */
const leftToIdle = 15 / 16 - 1 / 8;

/**
 * Low figures for an nginx that takes idle connections back. Because it takes those that are idle longest, it does no
 * more harm at any moment than the largest timeout under which nothing is taken back.
 */
export function boundReclaim(
  predictions: readonly TimeoutPrediction[],
  slots: number,
): readonly TimeoutPrediction[] {
  const isLeft = ({ busiestSlots }: TimeoutPrediction) => busiestSlots.high <= leftToIdle * slots;
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
    // All requests, where none of them might reuse a connection.
    connectionsPerSecond: {
      ...begun,
      high: Math.max(begun.high, safe?.connectionsPerSecond.high ?? begun.high + saved.low),
    },
    meanIdleSlots: lower(prediction.meanIdleSlots, safe?.meanIdleSlots),
    busyHourIdleSlots: lower(prediction.busyHourIdleSlots, safe?.busyHourIdleSlots),
  };
}
