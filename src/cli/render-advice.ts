import { formatFigure, formatPercent } from '../derive/format-figures.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { Range, TimeoutPrediction } from '../snapshot/prediction.ts';
import { alignColumns } from './align-columns.ts';

/** The advice for people: what to do, what each timeout would do, and how sure that is. */
export function renderAdvice(advice: Advice): string {
  const { headline, directives, model, restsOn, wouldChange, missing } = advice;
  const table =
    missing.length > 0
      ? []
      : [
          alignColumns([
            header,
            ...model.predictions.map((prediction) => rowOf(prediction, advice)),
          ]),
        ];
  return [
    `${headline}\n`,
    ...(directives.length === 0 ? [] : [directives.map((line) => `  ${line}\n`).join('')]),
    ...table,
    ...list('It rests on', restsOn),
    ...list('It would change with', wouldChange),
  ].join('\n');
}

const header = [
  'timeout',
  'reuse',
  'new connections/s',
  'idle slots',
  'in the busiest hour',
  'busiest moment',
  'waiting',
  'full time',
  '',
];

function rowOf(prediction: TimeoutPrediction, { today, advised }: Advice): readonly string[] {
  const marks = [
    ...(prediction.timeoutSeconds === today?.timeoutSeconds ? ['today'] : []),
    ...(prediction.timeoutSeconds === advised?.timeoutSeconds ? ['advised'] : []),
    ...(prediction.isLongerThanLog ? ['log too short'] : []),
  ];
  const { waitProbability, fullTimeRatio } = prediction;
  return [
    `${prediction.timeoutSeconds} s`,
    range(prediction.reuseRatio, formatPercent),
    range(prediction.connectionsPerSecond, formatFigure),
    range(prediction.meanIdleSlots, formatFigure),
    range(prediction.busyHourIdleSlots, formatFigure),
    range(prediction.busiestSlots, formatFigure),
    waitProbability === undefined ? '' : range(waitProbability, formatPercent),
    fullTimeRatio === undefined ? '' : formatPercent(fullTimeRatio),
    marks.join(', '),
  ];
}

/** `14 (9 to 16)`, and the figure alone where it is sure. */
function range({ low, expected, high }: Range, format: (value: number) => string): string {
  const [least, middle, most] = [format(low), format(expected), format(high)];
  return least === most ? middle : `${middle} (${least} to ${most})`;
}

function list(title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return [`${title}\n${sentences.map((sentence) => `- ${sentence}\n`).join('')}`];
}
