import type { SlotState } from '../snapshot/slots.ts';
import { formatDuration } from './format.ts';
import { type Html, html } from './html.ts';
import type { BoardRun, SlotBoard } from './slot-board.ts';
import { slotPalette } from './slot-palette.ts';

/** A letter in each square, so that colour is not the only sign of a state. Free slots are blank or have a dot. */
export const boardLetters: Readonly<Record<SlotState, string>> = {
  writing: 'W',
  working: 'W',
  active: 'A',
  writing_async: 'B',
  reading: 'R',
  wait_io: 'O',
  dns: 'D',
  logging: 'L',
  closing: 'C',
  graceful: 'G',
  cleanup: 'I',
  starting: 'S',
  unknown: '?',
  keepalive: 'K',
  idle: '·',
  open: '',
  free: '',
};

/** The board without script. The live script redraws the squares from the same runs and describes the selected one. */
export function renderBoard(board: SlotBoard, id: string): Html {
  const squares = board.runs.reduce((sum, run) => sum + run.squares, 0);
  if (squares === 0) return html``;
  return html`<div class="${squares > 200 ? 'board small' : 'board'}" id="${id}" role="img" tabindex="0" aria-label="${board.summary}">${board.runs.map(renderRun)}</div>
<p class="todo board-note"><span>${board.note}</span> <b></b></p>`;
}

function renderRun({ state, squares, ages }: BoardRun): readonly Html[] {
  const known = ages.flatMap(([seconds, count]) => Array.from({ length: count }, () => seconds));
  return Array.from({ length: squares }, (_, i) => {
    const age = known[i];
    const title = `${slotPalette[state].label}${age === undefined ? '' : `, ${formatDuration(age)}`}`;
    return html`<i class="state-${state}" title="${title}">${boardLetters[state]}</i>`;
  });
}
