import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createResolveName } from '../../src/io/resolve-name.ts';
import { createTarget, type TargetOptions } from '../../src/pipeline/observe-target.ts';
import type { TargetView } from '../../src/snapshot/target-view.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A target whose server takes every connection and never says a word. */
async function watchSilentServer(more: Partial<TargetOptions> = {}) {
  const server = keep(await startHostileServer(() => undefined));
  return { server, target: createTarget({ ...targetOn(server.url), ...more }) };
}

function targetOn(url: string): TargetOptions {
  const statusUrl = `${url}/stub_status`;
  const [config] = configSchema.parse({
    targets: [{ name: 'mute', server: 'nginx', status_url: statusUrl }],
  }).targets;
  if (config === undefined) throw new Error('no target');
  return {
    identity: { name: 'mute', server: 'nginx' },
    statusUrl,
    http: config.http,
    capacity: config.capacity,
    timeoutMilliseconds: 5000,
    resolveName: createResolveName(),
    log: silent,
    now: () => 0,
  };
}

const resultOf = ({ observation: { outcome } }: TargetView) =>
  outcome.kind === 'failed' ? outcome.failure.result : 'ok';

describe('createTarget()', () => {
  test('A18 a caller who could wait only a little longer than the shared poll gets its result', async () => {
    const { server, target } = await watchSilentServer();
    const views = await Promise.all([target.observe(300), target.observe(320)]);
    expect(views.map(resultOf)).toEqual(['response_timeout', 'response_timeout']);
    // A busy machine accepts the connection after the poll has ended.
    await expect.poll(server.connections).toBe(1);
  });

  test('a caller with much more time than the one who ended the shared poll polls again', async () => {
    const { server, target } = await watchSilentServer();
    const views = await Promise.all([target.observe(2600), target.observe(1100)]);
    expect(views.map(resultOf)).toEqual(['response_timeout', 'response_timeout']);
    expect(server.connections()).toBe(2);
  });

  test('A18 a caller with less than a second neither ends the poll nor makes it a failure of the server', async () => {
    const { server, target } = await watchSilentServer();
    const view = await target.observe(1);
    expect(view.verdict).toEqual({ evidence: [] });
    expect(view.counters.failures.response_timeout).toBe(0);
    const later = await target.observe(1500);
    expect(server.connections()).toBe(1);
    expect(later.counters.failures.response_timeout).toBe(1);
  });

  test('A19 a target that is closed during a poll counts no failure', async () => {
    const { target } = await watchSilentServer();
    const view = target.observe(3000);
    target.close();
    expect((await view).counters.failures.response_timeout).toBe(0);
    expect(target.latest()).toBeUndefined();
  });

  test('a poll that ended with the request for it counts no failure and logs nothing', async () => {
    const asked = new AbortController();
    const lines: string[] = [];
    const { target, server } = await watchSilentServer({
      signal: asked.signal,
      log: { ...silent, warn: (text) => lines.push(text) },
    });
    const observed = target.observe(5000);
    await expect.poll(server.connections, { timeout: 60_000 }).toBe(1);
    asked.abort();
    const view = await observed;
    expect(view.counters.failures).toEqual(expect.objectContaining({ response_timeout: 0 }));
    expect(Object.values(view.counters.failures).every((count) => count === 0)).toBe(true);
    expect(lines).toEqual([]);
  });

  test('a server that does not answer gets no request for its slot table', async () => {
    let asked = 0;
    const { target } = await watchSilentServer({
      readHolders: () => {
        asked += 1;
        return Promise.resolve(undefined);
      },
    });
    await target.observe(1100);
    expect(asked).toBe(0);
  });
});

const page =
  'Active connections: 3 \nserver accepts handled requests\n 9 9 9 \nReading: 0 Writing: 1 Waiting: 2 \n';
const answer = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${page.length}\r\n\r\n${page}`;

/** Readings of the kernel, the slot table and the configuration that never come. */
function hangingReadings() {
  const hang = () => vi.fn(() => new Promise<never>(() => undefined));
  const readings = { readHost: hang(), readHolders: hang(), readConfig: hang() };
  const begun = () => Object.values(readings).map(({ mock }) => mock.calls.length);
  return { readings, begun };
}

/** Unlike expect.poll(), it does not move the clock of the test. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('readings that hang', () => {
  // The clock of the test stands still until the test moves it.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('A18 E1 of the kernel, the slot table and the configuration are waited for together, not in turn', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(answer)));
    const { readings, begun } = hangingReadings();
    const target = createTarget({ ...targetOn(server.url), ...readings });
    const observed = target.observe(9000);
    await until(() => begun().join() === '1,1,1');
    await vi.advanceTimersByTimeAsync(1500);
    expect(resultOf(await observed)).toBe('ok');
  });

  test('A1 A18 E1 of a server that hangs too do not keep its scrape beyond the reserve of half a second', async () => {
    const { readings, begun } = hangingReadings();
    const { server, target } = await watchSilentServer(readings);
    const ended = vi.fn();
    const observed = target.observe(2500).then(ended);
    await until(() => server.connections() === 1);
    await vi.advanceTimersByTimeAsync(2500);
    await until(() => begun()[0] === 1);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(499);
    expect(ended).toHaveBeenCalled();
    await observed;
  });

  test('A18 E1 that only bring figures up to date do not keep a scrape beyond its deadline', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(answer)));
    const readHost = vi.fn((): Promise<object> => Promise.resolve({}));
    const target = createTarget({ ...targetOn(server.url), readHost });
    await target.observe(9000);
    readHost.mockReturnValue(new Promise<never>(() => undefined));
    await vi.advanceTimersByTimeAsync(1200);
    const ended = vi.fn();
    const observed = target.observe(600).then(ended);
    await until(() => readHost.mock.calls.length === 2);
    await vi.advanceTimersByTimeAsync(600);
    expect(ended).toHaveBeenCalled();
    await observed;
  });
});

test.each([
  { watched: false, readings: 1 },
  { watched: true, readings: 3 },
])(
  'the kernel is read with each sample of a calm server while the page is open ($watched)',
  async ({ watched, readings }) => {
    const server = keep(await startHostileServer((socket) => socket.end(answer)));
    const readHost = vi.fn(() => Promise.resolve({}));
    const target = createTarget({
      ...targetOn(server.url),
      isWatched: () => watched,
      readHost,
    });
    for (let sample = 0; sample < 3; sample++) await target.sample(1500);
    expect(readHost).toHaveBeenCalledTimes(readings);
  },
);
