import type { KeepaliveModel, Range, TimeoutPrediction } from '../../src/snapshot/prediction.ts';

export const exactly = (value: number): Range => ({ low: value, expected: value, high: value });

interface Predicted extends Partial<Omit<TimeoutPrediction, 'reuseRatio' | 'busiestSlots'>> {
  readonly timeoutSeconds: number;
  readonly reuseRatio: number;
  readonly busiestSlots: number;
}

/** A prediction without uncertainty, for tests of what is advised from it. */
export function predictionOf({ reuseRatio, busiestSlots, ...rest }: Predicted): TimeoutPrediction {
  return {
    connectionsPerSecond: exactly(10 * (1 - reuseRatio)),
    handshakesSavedPerSecond: exactly(10 * reuseRatio),
    meanIdleSlots: exactly(busiestSlots / 2),
    busyHourIdleSlots: exactly(busiestSlots / 2),
    waitProbability: undefined,
    fullTimeRatio: undefined,
    idleMemoryBytes: undefined,
    fits: undefined,
    isLongerThanLog: false,
    ...rest,
    reuseRatio: exactly(reuseRatio),
    busiestSlots: exactly(busiestSlots),
  };
}

/** The model of a prefork with 100 workers and a timeout of 5 s. */
export function modelWith(
  predictions: readonly TimeoutPrediction[],
  part: Partial<KeepaliveModel> = {},
): KeepaliveModel {
  return {
    todaySeconds: 5,
    idleCost: 'blocking',
    slots: 100,
    slotLimit: 100,
    requestsPerSecond: 10,
    busiestBusy: 10,
    wasFull: false,
    meanTailSeconds: 2,
    isBehindProxy: false,
    predictions,
    ...part,
  };
}
