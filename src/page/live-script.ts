import { boardLetters } from './render-board.ts';
import { slotPalette } from './slot-palette.ts';

const states = Object.fromEntries(
  Object.entries(slotPalette).map(([state, { label }]) => [
    state,
    [label, boardLetters[state as keyof typeof boardLetters]],
  ]),
);

/**
 * The page's only script, admitted by its hash. It draws the boards from the live stream, and takes all else from a
 * fresh copy of the page, so that figures are worded in one place. Without it the page reloads itself.
 */
export const liveScript = `'use strict';
(() => {
const states = ${JSON.stringify(states)};
const main = document.querySelector('main'), button = document.getElementById('live');
const status = document.getElementById('live-status');
const pause = Number(document.body.dataset.refresh) * 1000;
let stream, timer, paused = false, loading = false, spokenAt = 0, spoken = '';
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
    if (item.classList[0] !== state) item.className = state + (item.classList.contains('here') ? ' here' : '');
    set(item, 'title', title);
    set(item, 'textContent', letter);
  });
  element.dataset.summary = board.summary;
}
function show(targets) {
  let fresh = true;
  for (const { name, boards } of targets) {
    const card = [...main.querySelectorAll('.card[data-name]')].find((item) => item.dataset.name === name);
    for (const board of boards) {
      const element = card && document.getElementById(card.id + '-' + board.kind);
      if (!element) { fresh = false; continue; }
      if (element.dataset.summary !== board.summary) fresh = false;
      draw(element, board);
    }
  }
  speak();
  if (!fresh) load();
}
function speak() {
  if (Date.now() - spokenAt < 10000) return;
  spokenAt = Date.now();
  for (const element of main.querySelectorAll('.board[data-summary]')) {
    if (element.getAttribute('aria-label') !== element.dataset.summary) element.setAttribute('aria-label', element.dataset.summary);
  }
  const focused = document.activeElement?.dataset?.summary;
  if (focused && focused !== spoken) status.textContent = spoken = focused;
}
let loadedAt = 0;
async function load() {
  if (loading || paused || document.hidden || Date.now() - loadedAt < 500) return;
  loading = true;
  loadedAt = Date.now();
  try {
    const answer = await fetch('./', { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch { /* The exporter may be restarting; the next turn tries again. */ }
  loading = false;
}
function swap(page) {
  const next = page.querySelector('main');
  if (!next || paused) return;
  document.title = page.title;
  const focus = main.contains(document.activeElement) ? document.activeElement.id : '';
  // A board stays the same element: a reader's place in it and its label outlive the swap.
  for (const board of next.querySelectorAll('.board')) {
    const old = document.getElementById(board.id);
    if (!old) continue;
    old.className = board.className;
    const here = [...old.children].findIndex((item) => item.classList.contains('here'));
    old.replaceChildren(...board.childNodes);
    old.children[here]?.classList.add('here');
    old.dataset.summary = board.getAttribute('aria-label');
    board.replaceWith(old);
  }
  main.replaceChildren(...next.childNodes);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}
function start() {
  stop();
  if (paused || document.hidden) return;
  stream = new EventSource('slots/events');
  stream.onmessage = (event) => show(JSON.parse(event.data));
  timer = setInterval(load, pause);
  load();
}
function stop() { stream?.close(); stream = undefined; clearInterval(timer); }
main.addEventListener('keydown', (event) => {
  const board = event.target;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -1e9, End: 1e9 }[event.key];
  if (!step || !board.classList.contains('board')) return;
  event.preventDefault();
  const items = [...board.children], at = items.findIndex((item) => item.classList.contains('here'));
  const to = Math.max(0, Math.min(items.length - 1, at + step));
  items[at]?.classList.remove('here');
  items[to].classList.add('here');
  status.textContent = (to + 1) + ' of ' + items.length + ': ' + items[to].title;
});
button.addEventListener('click', () => {
  paused = !paused;
  button.textContent = paused ? 'Resume' : 'Pause';
  if (paused) stop(); else start();
});
document.addEventListener('visibilitychange', start);
addEventListener('pagehide', stop);
button.hidden = false;
start();
})();`;
