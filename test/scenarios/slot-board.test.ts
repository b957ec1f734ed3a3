import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { formatPercent } from '../../src/page/format.ts';
import { slotPalette } from '../../src/page/slot-palette.ts';
import { accessibleNodes } from '../support/accessible-nodes.ts';
import { type Browser, startBrowser } from '../support/browser.ts';
import type { BrowserPage } from '../support/browser-page.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { type HeldClients, openKeepaliveClients } from '../support/held-clients.ts';
import { keepOpen } from '../support/keep.ts';
import {
  faintTexts,
  figuresOnPage,
  focusRing,
  lettersOnBoard,
  moves,
  recordSpeech,
} from '../support/page-probe.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { openSlotEvents } from '../support/slot-events.ts';
import { waitUntil } from '../support/wait-until.ts';

/** One browser, one prefork of 12 and one nginx of 2,048 connections for all tests. */
let browser: Browser;
let apache: RealApache;
let nginx: RealNginx;
let exporter: RunningExporter;

beforeAll(async () => {
  [browser, apache, nginx] = await Promise.all([
    startBrowser(),
    startApache({ mpm: 'prefork', maxRequestWorkers: 12 }),
    startNginx({ workerProcesses: 1, workerConnections: 2048 }),
  ]);
  exporter = await startExporter({
    config: `targets:
  - {name: shop, server: apache, status_url: "${apache.statusUrl}", sampling: {interval: 250ms}}
  - {name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}}
`,
  });
});

afterAll(async () => {
  for (const part of [browser, exporter, apache, nginx]) await part?.stop();
});

const allSeen = { seen: true, faint: [] };
const phone = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true };

/** Lets a test ask whether the page listens (1 open, 2 closed) and how often it has fetched itself. */
const record = `window.streams = [];
  window.EventSource = class extends EventSource { constructor(url) { super(url); streams.push(this); } };
  window.fetches = 0;
  { const { fetch } = window; window.fetch = (...all) => { fetches += 1; return fetch(...all); }; }`;
const streamState = 'streams.at(-1)?.readyState';

/** The clock and the timers of the page go three times as fast, for what it does each 5 s and after 8 s. */
const hurry = `{ const { setInterval } = window, { now } = Date, start = now();
  window.setInterval = (act, pause) => setInterval(act, pause / 3);
  Date.now = () => start + (now() - start) * 3; }`;

async function openTab({ script = true, speed = '' } = {}): Promise<BrowserPage> {
  const page = keepOpen(await browser.open());
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: record + speed });
  await page.send('Emulation.setScriptExecutionDisabled', { value: !script });
  return page;
}

async function openPage(speed = ''): Promise<BrowserPage> {
  const page = await openTab({ speed });
  await page.goto(exporter.url);
  await page.until(`${streamState} === 1 && ${showsIdle(0)}`);
  return page;
}

const openIdle = async (count: number, answered = count): Promise<HeldClients> =>
  keepOpen(await openKeepaliveClients({ port: apache.port, count, answered }));

const squareCount = (state: string) =>
  `document.querySelectorAll('#target-0-worker .state-${state}').length`;
const showsIdle = (count: number) => `${squareCount('keepalive')} === ${count}`;
const noteText = `document.getElementById('live-note').textContent`;
const statusText = `document.getElementById('live-status').textContent`;
const focusedName = `(document.activeElement.id || document.activeElement.getAttribute('href'))`;
const pauseFocused = `document.getElementById('live').focus()`;

/** Waits until the stream has told of so many idle clients: a page that still listens has got the same event. */
async function untilAnnounced(idle: number): Promise<void> {
  const control = keepOpen(await openSlotEvents(exporter.url));
  await waitUntil({
    until: `the stream tells of ${idle} idle clients`,
    holds: () => control.latest().includes(`"state":"keepalive","slots":${idle},`),
  });
}

const text = (value: number | undefined) => (value === undefined ? 'unknown' : String(value));
const percent = (ratio: number | undefined) => (ratio === undefined ? '' : formatPercent(ratio));

/** What the page must show of the prefork, going by /metrics. */
async function figuresOfMetrics() {
  const exposition = parseExposition(
    await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '1.5' }),
  );
  const of = (metric: string) => exposition.value(metric, { target: 'shop' });
  const taken = exposition
    .samples('webserver_slots', { target: 'shop' })
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => [labels['state'] ?? '', value] as const);
  return {
    squares: Object.fromEntries(taken),
    legend: Object.fromEntries(taken.map(([state, value]) => [labelOf(state), value])),
    saturation: percent(of('webserver_worker_saturation_ratio')),
    occupancy: percent(of('webserver_keepalive_slot_occupancy_ratio')),
    headline: percent(of('webserver_worker_saturation_ratio')),
    clients: text(of('webserver_connection_clients')),
    mostOfOne: text(of('webserver_connection_top_client_connections')),
    exhausted: of('webserver_exhausted') === 1,
  };
}

const labelOf = (state: string) =>
  Object.entries(slotPalette).find(([name]) => name === state)?.[1].label ?? '';

/** Asks until both say the same: a page is drawn each second, and a scrape polls at once. */
async function untilFiguresAgree(
  page: BrowserPage,
  renew = () => Promise.resolve(),
): Promise<unknown> {
  let shown: unknown;
  let scraped: unknown;
  const agreed = waitUntil({
    until: 'page and /metrics agree',
    async holds() {
      await renew();
      scraped = await figuresOfMetrics();
      shown = await page.evaluate(figuresOnPage('shop'));
      return isDeepStrictEqual(shown, scraped);
    },
  });
  await agreed.catch(() => expect(shown).toEqual(scraped));
  return shown;
}

test('while clients fill a prefork the page says what /metrics says', async () => {
  const page = await openPage();
  await openIdle(2);
  await page.until(showsIdle(2));
  expect(await untilFiguresAgree(page)).toMatchObject({ exhausted: false, clients: '1' });
  // Three of these find no worker.
  await openIdle(13, 10);
  await page.until(showsIdle(12));
  expect(await untilFiguresAgree(page)).toEqual({
    squares: { keepalive: 12 },
    legend: { 'keep-alive': 12 },
    saturation: '100.0%',
    occupancy: '100.0%',
    headline: '100.0%',
    clients: '1',
    mostOfOne: '12',
    exhausted: true,
  });
  await page.until(`[...document.querySelectorAll('#target-0 .oldest-idle')].some(({ textContent }) =>
    document.querySelector('#target-0 .board-note').textContent.includes('Oldest: keep-alive ' + textContent))`);
  // The policy has refused the page nothing of its own, and what is not its own it refuses.
  expect(page.problems()).toEqual([]);
  await page.evaluate(`{ const script = document.createElement('script');
    script.textContent = 'window.injected = true'; document.head.append(script); }`);
  expect(await page.evaluate('window.injected')).toBeUndefined();
  expect(page.problems().join()).toContain('Content Security Policy');
});

test('every stop of the keyboard shows where it is, and reads out single squares', async () => {
  const page = await openPage();
  const stops: unknown[] = [];
  for (let i = 0; i < 9; i++) {
    await page.press('Tab');
    stops.push(await page.evaluate(focusedName));
    expect(await page.evaluate(focusRing)).toBeGreaterThanOrEqual(2);
  }
  expect(stops.slice(6)).toEqual(['live', 'target-0-worker', 'target-1-connection']);
  const chosen = `document.querySelector('#target-0-worker + .board-note b').textContent`;
  await page.evaluate(`document.getElementById('target-0-worker').focus()`);
  for (const [key, words] of [
    ['ArrowRight', /^1 of 12: writing/],
    ['ArrowRight', /^2 of 12: idle/],
    ['End', /^12 of 12: /],
    ['ArrowLeft', /^11 of 12: /],
    ['Home', /^1 of 12: /],
    ['ArrowDown', /^12 of 12: /],
  ] as const) {
    await page.press(key);
    expect(await page.evaluate(chosen)).toMatch(words);
    expect(await page.evaluate(statusText)).toMatch(words);
  }
});

test('an update leaves focus, the chosen square and a selection where they are', async () => {
  const page = await openPage(hurry);
  await page.evaluate(`document.getElementById('target-0-worker').focus()`);
  await page.press('End');
  await page.evaluate(`window.focused = document.activeElement;
    getSelection().selectAllChildren(document.getElementById('target-1-name'))`);
  const before = Number(await page.evaluate('fetches'));
  await openIdle(1);
  const uptime = `document.querySelector('.brand p').textContent`;
  const began = JSON.stringify(await page.evaluate(uptime));
  await page.until(`${showsIdle(1)} && fetches > ${before} + 1 && ${uptime} !== ${began}`);
  expect(await page.evaluate('document.activeElement === focused')).toBe(true);
  expect(await page.evaluate(`document.querySelectorAll('.here').length`)).toBe(1);
  expect(await page.evaluate('getSelection().toString()')).toBe('edge');
});

test('the page is paused and resumed by keyboard, and catches up', async () => {
  const page = await openPage();
  await page.evaluate(pauseFocused);
  await page.press(' ');
  await page.until(`${noteText}.startsWith('Paused. These figures are ')`);
  expect(await page.evaluate(streamState)).toBe(2);
  const before = await page.evaluate('fetches');
  await openIdle(3);
  await untilAnnounced(3);
  expect(await page.evaluate(showsIdle(0))).toBe(true);
  expect(await page.evaluate('fetches')).toBe(before);
  await page.press('Enter');
  await page.until(`${showsIdle(3)} && ${noteText} === '' && ${streamState} === 1`);
});

test('a hidden page asks for nothing, and catches up when it is seen again', async () => {
  const page = await openPage();
  const other = await openTab();
  await other.toFront();
  await page.until(`document.hidden && ${streamState} === 2`);
  const before = await page.evaluate('fetches');
  await openIdle(4);
  await untilAnnounced(4);
  expect(await page.evaluate(showsIdle(0))).toBe(true);
  expect(await page.evaluate('fetches')).toBe(before);
  await page.toFront();
  await page.until(`${showsIdle(4)} && ${streamState} === 1`);
});

test('without JavaScript the page is a still picture of the same figures, and reloads itself', async () => {
  await openIdle(3);
  await untilAnnounced(3);
  const page = await openTab({ script: false });
  await untilFiguresAgree(page, () => page.goto(exporter.url));
  expect(await page.evaluate(`document.getElementById('live').checkVisibility()`)).toBe(false);
  expect(
    await page.evaluate(`document.body.innerText.includes('Refreshes every 5 s. Pause')`),
  ).toBe(true);
  await openIdle(2);
  await page.until(showsIdle(5));
});

test('a screen reader gets each state’s count, and is not talked to each second', async () => {
  const page = await openPage(hurry);
  const { nodes } = await page.send('Accessibility.getFullAXTree');
  const tree = accessibleNodes(nodes);
  const { legend } = await figuresOfMetrics();
  const board = tree.find(({ role, name }) => role === 'image' && /workers in use/.test(name));
  for (const [state, slots] of Object.entries(legend)) {
    expect(board?.name).toContain(`${slots} ${state}`);
  }
  expect(tree).toContainEqual({ role: 'button', name: 'Pause updates', live: '' });
  expect(tree.filter(({ live }) => live !== '').map(({ role }) => role)).toEqual(['status']);
  expect(tree.filter(({ role, name }) => role === 'StaticText' && name === 'K')).toEqual([]);

  await page.evaluate(`document.getElementById('target-0-worker').focus();
    window.focusedAt = Date.now(); ${recordSpeech}`);
  for (let idle = 1; idle <= 3; idle++) {
    await openIdle(1);
    await page.until(showsIdle(idle));
  }
  await page.until(`speech.at(-1)?.[1].includes('3 keep-alive')`);
  const pauses = await page.evaluate(
    `speech.map(([at], i) => at - (i === 0 ? focusedAt : speech[i - 1][0]))`,
  );
  expect(pauses).toSatisfy((all: readonly number[]) => all.every((pause) => pause >= 10_000));
});

test('over a thousand slots are binned, and counted in words', async () => {
  const page = await openPage();
  const squares = Number(
    await page.evaluate(`document.getElementById('target-1-connection').children.length`),
  );
  expect(squares).toBeGreaterThan(500);
  expect(squares).toBeLessThanOrEqual(1000);
  expect(
    await page.evaluate(`document.querySelector('#target-1-connection + .board-note').textContent`),
  ).toContain('Each square is up to 3 connections of one state.');
  expect(
    await page.evaluate(
      `document.getElementById('target-1-connection').getAttribute('aria-label')`,
    ),
  ).toContain('1 of 2\u2009048 connections in use');
});

test('20 viewers are served live, and one more by fetching until there is a place', async () => {
  const viewers = [];
  for (let i = 0; i < 22; i++) viewers.push(keepOpen(await openSlotEvents(exporter.url)));
  expect(viewers.map(({ status }) => status)).toEqual([...Array(20).fill(200), 503, 503]);
  const page = await openTab({ speed: hurry });
  await page.goto(exporter.url);
  await page.until(`${streamState} === 2`);
  await openIdle(2);
  await page.until(showsIdle(2));
  expect(await page.evaluate(noteText)).toBe('');
  for (const viewer of viewers) await viewer.close();
  await page.until(`${streamState} === 1`);
});

test('states are told by letter and colour, without motion, and all text has contrast and fits a phone', async () => {
  const page = await openPage();
  const emulate = (name: string, value: string) =>
    page.send('Emulation.setEmulatedMedia', { features: [{ name, value }] });
  await page.send('Emulation.setDeviceMetricsOverride', phone);
  await openIdle(2);
  await page.until(showsIdle(2));
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
  expect(await page.evaluate(lettersOnBoard('target-0-worker'))).toMatchObject({
    writing: 'W',
    keepalive: 'K',
    idle: '·',
  });
  expect(await page.evaluate(moves)).toBe(0);
  for (const state of ['live', 'paused']) {
    if (state === 'paused') await page.evaluate(`document.getElementById('live').click()`);
    for (const scheme of ['light', 'dark']) {
      await emulate('prefers-color-scheme', scheme);
      expect(await page.evaluate(faintTexts), `${state}, ${scheme}`).toEqual(allSeen);
    }
  }
  const square = `getComputedStyle(document.querySelector('#target-0-worker .state-keepalive')).backgroundColor`;
  await emulate('forced-colors', 'active');
  expect(await page.evaluate(`matchMedia('(forced-colors: active)').matches`)).toBe(true);
  expect(await page.evaluate(square)).toBe('rgb(242, 163, 27)');
});

test('a page that loses the exporter says so once, says how old its figures are, and finds it again', async () => {
  const page = await openPage(hurry);
  await nginx.stop();
  await page.until(`document.querySelector('.stale-note') !== null`);
  await page.evaluate(recordSpeech);
  exporter.signal('SIGSTOP');
  onTestFinished(() => exporter.signal('SIGCONT'));
  await page.until(`${noteText}.startsWith('No connection to the exporter.')`);
  const age = `Number(/(\\d+) s old/.exec(${noteText})?.[1])`;
  const first = Number(await page.evaluate(age));
  expect(first).toBeGreaterThan(3);
  await page.until(`${age} > ${first}`);
  for (const scheme of ['light', 'dark']) {
    await page.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    expect(await page.evaluate(faintTexts)).toEqual(allSeen);
  }
  exporter.signal('SIGCONT');
  await page.until(`${noteText} === ''`);
  expect(await page.evaluate('speech.map(([, words]) => words)')).toEqual([
    'The connection to the exporter is lost.',
    'Connected again.',
  ]);
  await exporter.kill();
  await page.until(`${noteText}.startsWith('No connection to the exporter.')`);
});
