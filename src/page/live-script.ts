import { morphScript } from './morph-script.ts';
import { boardLetters } from './render-board.ts';
import { slotPalette, slotStackOrder } from './slot-palette.ts';

const states = Object.fromEntries(
  slotStackOrder.map((state) => [state, [slotPalette[state].label, boardLetters[state]]]),
);

/** Draws the squares, the note below them, and the selected square. */
const boardScript = `
const states = ${JSON.stringify(states)};
const chosen = new Map(), summaries = new Map();
const duration = (s) => s < 60 ? s + ' s' : s < 3600 ? Math.floor(s / 60) + ' min' : Math.floor(s / 3600) + ' h';
const squaresOf = (board) => board.runs.flatMap(({ state, squares, ages }) => {
  const known = ages.flatMap(([age, count]) => Array(count).fill(age));
  const [label, letter] = states[state];
  return Array.from({ length: squares }, (_, i) =>
    ['state-' + state, label + (known[i] === undefined ? '' : ', ' + duration(known[i])), letter]);
});
const set = (item, name, value) => { if (item[name] !== value) item[name] = value; };
function draw(element, board) {
  const squares = squaresOf(board);
  while (element.children.length > squares.length) element.lastChild.remove();
  while (element.children.length < squares.length) element.append(document.createElement('i'));
  squares.forEach(([state, title, letter], i) => {
    const item = element.children[i];
    set(item, 'className', state);
    set(item, 'title', title);
    set(item, 'textContent', letter);
  });
  set(element.nextElementSibling.firstElementChild, 'textContent', board.note);
  point(element);
}
function point(element) {
  const items = element.children, output = element.nextElementSibling.lastElementChild;
  element.querySelector('.here')?.classList.remove('here');
  if (!chosen.has(element.id) || !items.length) return set(output, 'textContent', '');
  const at = Math.min(chosen.get(element.id), items.length - 1);
  items[at].classList.add('here');
  set(output, 'textContent', (at + 1) + ' of ' + items.length + ': ' + items[at].title);
}
function choose(element, at) {
  chosen.set(element.id, Math.max(0, Math.min(element.children.length - 1, at)));
  point(element);
  say(element.nextElementSibling.lastElementChild.textContent);
}
main.addEventListener('keydown', (event) => {
  const board = event.target;
  if (!board.classList.contains('board')) return;
  const row = getComputedStyle(board).gridTemplateColumns.split(' ').length;
  const step = { ArrowRight: 1, ArrowDown: row, ArrowLeft: -1, ArrowUp: -row, Home: -1e9, End: 1e9 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = chosen.get(board.id);
  choose(board, at === undefined ? (step === 1e9 ? step : 0) : at + step);
});
main.addEventListener('click', ({ target }) => {
  const board = target.parentElement;
  if (board?.classList.contains('board')) choose(board, [...board.children].indexOf(target));
});`;

/** Screen readers: announces a focused board every ten seconds at most, and a lost or restored connection. */
const speechScript = `
let spokenAt = 0, spoken = '', contactAt = Date.now(), startedAt = Date.now(), failed = false, lost = false;
const say = (text) => set(status, 'textContent', text);
const read = (element) => { if (!paused && summaries.has(element.id)) label(element, summaries.get(element.id)); };
function label(element, summary) {
  if (element !== document.activeElement) element.setAttribute('aria-label', summary);
  else if (summary !== spoken && Date.now() - spokenAt >= 10000) {
    spokenAt = Date.now();
    say(spoken = summary);
  }
}
main.addEventListener('focusin', ({ target }) => {
  spokenAt = Date.now();
  spoken = target.getAttribute('aria-label');
});
function showState() {
  const old = Math.floor((Date.now() - contactAt) / 1000);
  const silent = Date.now() - Math.max(contactAt, startedAt) > pause + 3000;
  const wasLost = lost;
  lost = !paused && (failed || silent);
  document.body.classList.toggle('lost', lost);
  if (lost !== wasLost && !paused) say(lost ? 'The connection to the exporter is lost.' : 'Connected again.');
  const what = paused ? 'Paused.' : lost ? 'No connection to the exporter.' : '';
  read(document.activeElement);
  set(note, 'textContent', what && what + ' These figures are ' + duration(old) + ' old.');
}
function reached() { contactAt = Date.now(); failed = false; showState(); }`;

/** Loads the stream of boards, and a new copy of the page for everything else. */
const streamScript = `
let stream, timer, later, paused = false, loading = false, loadedAt = 0;
function show(targets) {
  let fresh = true;
  for (const { name, boards, oldestIdle } of targets) {
    const card = [...main.querySelectorAll('.card[data-name]')].find((item) => item.dataset.name === name);
    const oldest = oldestIdle && card?.querySelector('.oldest-idle');
    if (oldest) set(oldest, 'textContent', oldestIdle);
    for (const board of boards) {
      if (!board.runs.length) continue;
      const element = card && document.getElementById(card.id + '-' + board.kind);
      if (!element) { fresh = false; continue; }
      if (summaries.get(element.id) !== board.summary) fresh = false;
      summaries.set(element.id, board.summary);
      draw(element, board);
      label(element, board.summary);
    }
  }
  reached();
  if (!fresh) load();
}
async function load() {
  clearTimeout(later);
  if (paused || document.hidden) return;
  if (loading || Date.now() - loadedAt < 500) return void (later = setTimeout(load, 500));
  loading = true;
  loadedAt = Date.now();
  try {
    const answer = await fetch('./', { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(answer.status);
    swap(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch { failed = true; }
  loading = false;
  showState();
}
function swap(page) {
  const next = page.querySelector('main');
  if (!next || paused) return;
  document.title = page.title;
  for (const board of next.querySelectorAll('.board')) summaries.set(board.id, board.getAttribute('aria-label'));
  const focused = document.activeElement;
  morph(main, next);
  morph(document.querySelector('.brand'), page.querySelector('.brand'));
  if (document.activeElement !== focused && focused.isConnected) focused.focus({ preventScroll: true });
  for (const board of main.querySelectorAll('.board')) point(board);
  reached();
}
function connect() {
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource('slots/events');
  stream.onmessage = (event) => show(JSON.parse(event.data));
  stream.onerror = load;
}
function turn() { connect(); load(); }
function start() {
  stop();
  if (paused || document.hidden) return;
  startedAt = Date.now();
  timer = setInterval(turn, pause);
  turn();
}
function stop() { stream?.close(); stream = undefined; clearInterval(timer); }
button.addEventListener('click', () => {
  paused = !paused;
  button.textContent = paused ? 'Resume updates' : 'Pause updates';
  if (paused) stop(); else start();
  showState();
});
document.addEventListener('visibilitychange', start);
addEventListener('pagehide', stop);
addEventListener('pageshow', ({ persisted }) => { if (persisted) start(); });
setInterval(showState, 1000);
button.hidden = false;
start();`;

/**
 * The only script of the page, allowed by its hash. It draws the boards from the live stream and takes everything else
 * from a new copy of the page, so that all texts come from one place. Without the script the page reloads itself.
 */
export const liveScript = `'use strict';
(() => {
const main = document.querySelector('main'), button = document.getElementById('live');
const note = document.getElementById('live-note'), status = document.getElementById('live-status');
const pause = Number(document.body.dataset.refresh) * 1000;
${[morphScript, boardScript, speechScript, streamScript].join('\n')}
})();`;
