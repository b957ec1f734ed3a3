import { formatFigure, formatPercent, formatRange } from '../derive/format-figures.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { TimeoutPrediction } from '../snapshot/prediction.ts';
import { alignColumns } from './align-columns.ts';

/** The advice as text: what to do, the effect of each timeout, and how certain that is. */
export function renderAdvice(advice: Advice): string {
  const { headline, directives, apply, effect, model, restsOn, wouldChange, missing } = advice;
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
    ...list('To apply it', apply),
    ...list('Expected', effect),
    ...table,
    ...list('It rests on', restsOn),
    ...list('It would change with', wouldChange),
  ].join('\n');
}

const header = [
  'timeout',
  'reuse',
  'new conn./s',
  'idle slots',
  'busiest hour',
  'busiest moment',
  'waiting',
  'full',
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
    formatRange(prediction.reuseRatio, formatPercent),
    formatRange(prediction.connectionsPerSecond, formatFigure),
    formatRange(prediction.meanIdleSlots, formatFigure),
    formatRange(prediction.busyHourIdleSlots, formatFigure),
    formatRange(prediction.busiestSlots, formatFigure),
    waitProbability === undefined ? '' : formatRange(waitProbability, formatPercent),
    fullTimeRatio === undefined ? '' : formatPercent(fullTimeRatio),
    marks.join(', '),
  ];
}

function list(title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return [`${title}\n${sentences.map((sentence) => `- ${sentence}\n`).join('')}`];
}
