import type { Advice } from '../snapshot/advice.ts';
import type { TimeoutPrediction } from '../snapshot/prediction.ts';
import { formatCount, formatPercent } from './format.ts';
import { type Html, html } from './html.ts';

const width = 640;
const height = 200;
const left = 44;
const right = 596;
const top = 22;
const bottom = 168;

/** End of the axis, in multiples of the slots: the longest timeouts would move all other points to the bottom. */
const axisPerLimit = 2;

/** Slots at the busiest moment and reuse by timeout. Marks show the current and the advised timeout. */
export function renderTuningCurve({ model, today, advised }: Advice): Html | undefined {
  const { slotLimit } = model;
  // A timeout is judged only by a log that is long enough for it.
  const predictions = model.predictions.filter((row) => !row.isLongerThanLog || isSame(row, today));
  if (predictions.length < 2) return undefined;
  const highest = Math.max(1, slotLimit ?? 0, ...predictions.map((row) => row.busiestSlots.high));
  const maxSlots = Math.min(highest, axisPerLimit * (slotLimit ?? highest));
  const x = (index: number) => left + ((right - left) * index) / (predictions.length - 1);
  const ofSlots = (slots: number) => bottom - ((bottom - top) * slots) / maxSlots;
  const ofRatio = (ratio: number) => bottom - (bottom - top) * ratio;
  const line = (y: (row: TimeoutPrediction) => number) =>
    predictions.map((row, i) => `${x(i).toFixed(1)},${y(row).toFixed(1)}`).join(' ');
  const band = [
    line((row) => ofSlots(row.busiestSlots.high)),
    line((row) => ofSlots(row.busiestSlots.low))
      .split(' ')
      .reverse()
      .join(' '),
  ].join(' ');
  return html`<svg class="curve" viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(advised ?? today)}">
<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">
<polygon class="band" points="${band}"/>
<polyline class="slots-line" points="${line((row) => ofSlots(row.busiestSlots.expected))}"/>
<polyline class="reuse-line" points="${line((row) => ofRatio(row.reuseRatio.expected))}"/>
</svg>
${slotLimit === undefined ? undefined : renderLimit(slotLimit, ofSlots(slotLimit))}
${predictions.map((row, i) => renderTick(row, x(i)))}
${renderMarks(predictions, { x, today, advised })}
<text x="${left - 6}" y="${top + 4}" text-anchor="end">${formatCount(Math.round(maxSlots))}</text>
<text x="${left - 6}" y="${bottom}" text-anchor="end">0</text>
<text x="${right + 6}" y="${top + 4}">100 %</text>
</svg>
<p class="todo"><span class="swatch slots-swatch" aria-hidden="true"></span>slots at the busiest moment (left axis; the band is the range from low to high) <span class="swatch reuse-swatch" aria-hidden="true"></span>requests that reuse a connection (right axis), by keep-alive timeout in seconds</p>`;
}

function describe(row: TimeoutPrediction | undefined): string {
  if (row === undefined) return 'Slots and reuse by keep-alive timeout';
  const { timeoutSeconds, busiestSlots, reuseRatio } = row;
  return `Slots and reuse by keep-alive timeout; at ${timeoutSeconds} s up to ${formatCount(Math.round(busiestSlots.high))} slots and ${formatPercent(reuseRatio.expected)} reuse`;
}

function renderLimit(slots: number, y: number): Html {
  return html`<line class="limit-line" x1="${left}" x2="${right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/><text x="${right}" y="${(y - 4).toFixed(1)}" text-anchor="end">${formatCount(slots)} slots</text>`;
}

function renderTick({ timeoutSeconds }: TimeoutPrediction, x: number): Html {
  return html`<text x="${x.toFixed(1)}" y="${bottom + 14}" text-anchor="middle">${timeoutSeconds}</text>`;
}

interface Marked {
  readonly x: (index: number) => number;
  readonly today: TimeoutPrediction | undefined;
  readonly advised: TimeoutPrediction | undefined;
}

function renderMarks(
  predictions: readonly TimeoutPrediction[],
  { x, today, advised }: Marked,
): readonly Html[] {
  const marks = predictions.flatMap((row, index) => {
    const words = [
      ...(isSame(row, today) ? ['today'] : []),
      ...(isSame(row, advised) ? ['advised'] : []),
    ];
    return words.length === 0 ? [] : [{ index, words: words.join(', ') }];
  });
  const [first, second] = marks;
  // Between two ticks is no room for two centred words.
  const areNeighbours = first?.index === (second?.index ?? Number.NaN) - 1;
  return marks.map(({ index, words }) => {
    const anchor = !areNeighbours ? 'middle' : index === first?.index ? 'end' : 'start';
    return renderMark(x(index), words, anchor);
  });
}

/** Words that stand apart still begin or end under their line. */
const overlap = { start: -8, middle: 0, end: 8 } as const;

function renderMark(x: number, words: string, anchor: keyof typeof overlap): Html {
  const at = x.toFixed(1);
  const from = (x + overlap[anchor]).toFixed(1);
  return html`<line class="mark-line" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text class="mark-word" x="${from}" y="${bottom + 28}" text-anchor="${anchor}">${words}</text>`;
}

function isSame(row: TimeoutPrediction, other: TimeoutPrediction | undefined): boolean {
  return row.timeoutSeconds === other?.timeoutSeconds;
}
