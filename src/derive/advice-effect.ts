import type { Range, TimeoutPrediction } from '../snapshot/prediction.ts';
import { formatFigure, formatMemory, formatPercent, formatRange } from './format-figures.ts';

interface Figure {
  readonly name: string;
  readonly read: (prediction: TimeoutPrediction) => Range | undefined;
  readonly format: (value: number) => string;
}

const figures: readonly Figure[] = [
  { name: 'reuse', read: ({ reuseRatio }) => reuseRatio, format: formatPercent },
  {
    name: 'new connections a second',
    read: ({ connectionsPerSecond }) => connectionsPerSecond,
    format: formatFigure,
  },
  {
    name: 'handshakes saved a second',
    read: ({ handshakesSavedPerSecond }) => handshakesSavedPerSecond,
    format: formatFigure,
  },
  {
    name: 'idle slots in the busiest hour',
    read: ({ busyHourIdleSlots }) => busyHourIdleSlots,
    format: formatFigure,
  },
  {
    name: 'slots in use at the busiest moment',
    read: ({ busiestSlots }) => busiestSlots,
    format: formatFigure,
  },
  {
    name: 'visitors who wait in the busiest hour',
    read: ({ waitProbability }) => waitProbability,
    format: formatPercent,
  },
  {
    name: 'memory of idle workers',
    read: ({ idleMemoryBytes }) => idleMemoryBytes,
    format: formatMemory,
  },
];

/** The effect of a change of the timeout: each figure today and afterwards. */
export function describeEffect(
  today: TimeoutPrediction | undefined,
  advised: TimeoutPrediction | undefined,
): readonly string[] {
  if (today === undefined || advised === undefined || today === advised) return [];
  return figures.flatMap(({ name, read, format }) => {
    const [before, after] = [read(today), read(advised)];
    if (before === undefined || after === undefined) return [];
    const [was, becomes] = [formatRange(before, format), formatRange(after, format)];
    return [was === becomes ? `${name}: stays ${was}` : `${name}: ${was} becomes ${becomes}`];
  });
}
