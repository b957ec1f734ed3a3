import { describe, expect, test } from 'vitest';
import { type AdviceOptions, adviseKeepalive } from '../../src/derive/advise-keepalive.ts';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { createRandom } from '../../src/derive/seeded-random.ts';
import type { AdvisedServer } from '../../src/snapshot/advice.ts';
import { type Line, track } from './log-lines.ts';

const start = Date.UTC(2026, 10, 21, 3) / 1000;

interface Traffic {
  readonly visitsPerSecond: number;
  readonly requests: number;
  readonly gapSeconds: number;
  readonly requestSeconds: number;
  readonly today: number;
  readonly seconds: number;
}

const usual: Traffic = {
  visitsPerSecond: 3,
  requests: 4,
  gapSeconds: 0.8,
  requestSeconds: 0.1,
  today: 5,
  seconds: 1200,
};

/** Visitors that come at random, with gaps around a mean; a gap over the timeout is a new connection. */
function linesOf(traffic: Partial<Traffic> = {}): readonly Line[] {
  const { visitsPerSecond, requests, gapSeconds, requestSeconds, today, seconds } = {
    ...usual,
    ...traffic,
  };
  const random = createRandom(7);
  const exponential = (mean: number) => -Math.log(1 - random.next()) * mean;
  const lines: Line[] = [];
  let connection = 0;
  let client = 0;
  for (let at = 0; at < seconds; at += exponential(1 / visitsPerSecond)) {
    client++;
    connection++;
    let end = start + at;
    for (let n = 1, number = 1; n <= requests; n++, number++) {
      end += requestSeconds;
      lines.push({ end, seconds: requestSeconds, connection, number, client });
      const gap = exponential(gapSeconds);
      end += gap;
      if (gap > today) {
        connection++;
        number = 0;
      }
    }
  }
  return lines.toSorted((a, b) => a.end - b.end);
}

function adviceOf(
  lines: readonly Line[],
  options: Partial<AdviceOptions> & { readonly today?: number } = {},
) {
  const { today = 5, server = 'prefork', ...rest } = options;
  const tracker = createGapTracker({ todaySeconds: today });
  track(tracker, lines);
  return adviseKeepalive({ summary: summarizeGaps(tracker), server, ...rest });
}

describe('adviseKeepalive()', () => {
  test('the smallest timeout that keeps 95 % of the reuse and fits', () => {
    const advice = adviceOf(linesOf(), { slots: 100, server: 'prefork' });
    expect(advice).toMatchObject({
      kind: 'timeout',
      advisedKeepaliveTimeoutSeconds: 3,
      directives: ['KeepAlive On', 'KeepAliveTimeout 3'],
      today: { timeoutSeconds: 5 },
      missing: [],
    });
    for (const { timeoutSeconds, reuseRatio } of advice.model.predictions) {
      const keeps = reuseRatio.expected >= 0.95 * 0.75;
      expect(keeps).toBe(timeoutSeconds >= 3);
    }
  });

  test('the effect has figures with low and high', () => {
    const { effect } = adviceOf(linesOf(), { slots: 100, workerBytes: 2 ** 20 });
    const range = String.raw`[\d.]+ \([\d.]+ to [\d.]+\)`;
    expect(effect).toContainEqual(
      expect.stringMatching(`^idle slots in the busiest hour: ${range} becomes ${range}$`),
    );
    expect(effect).toContainEqual(expect.stringMatching(/^memory of idle workers: .* MiB/));
    expect(effect[0]).toBe('reuse: 75 % becomes 73 %');
  });

  test('an unknown MPM counts as blocking, and the advice reports that', () => {
    const text = (server: AdvisedServer) => adviceOf(linesOf(), { server }).restsOn.join('\n');
    expect(text('apache')).toContain('the MPM is not known');
    expect(text('prefork')).not.toContain('MPM');
  });

  test('a graceful restart is not enough for another ServerLimit', () => {
    const many = linesOf({ visitsPerSecond: 40, requestSeconds: 4, seconds: 600 });
    const apply = (slots: number) => adviceOf(many, { slots }).apply.join('\n');
    expect(apply(50)).toContain('stop and start: a graceful restart does not change ServerLimit');
    expect(apply(50)).toContain('mods-available/mpm_*.conf');
    expect(adviceOf(linesOf(), { slots: 100 }).apply).toContain(
      'apachectl configtest && apachectl graceful',
    );
    expect(adviceOf(linesOf({ today: 3 }), { slots: 100, today: 3 }).apply).toEqual([]);
  });

  test('else the largest that fits', () => {
    const advice = adviceOf(linesOf(), { slots: 40 });
    expect(advice).toMatchObject({ kind: 'timeout', advisedKeepaliveTimeoutSeconds: 0.5 });
    expect(advice.wouldChange.join('\n')).toMatch(/^more slots: 1 s would let [45]\d %/m);
  });

  test('else keep-alive off', () => {
    const advice = adviceOf(linesOf(), { slots: 10 });
    expect(advice).toMatchObject({ kind: 'off', directives: ['KeepAlive Off'] });
    expect(adviceOf(linesOf(), { slots: 10, server: 'nginx' }).directives).toEqual([
      'keepalive_timeout 0s;',
    ]);
  });

  const heavy = { requestSeconds: 2 };

  test('else more workers', () => {
    const advice = adviceOf(linesOf(heavy), { slots: 30 });
    expect(advice.kind).toBe('more_slots');
    expect(advice.directives).toContain(`MaxRequestWorkers ${advice.advisedSlots}`);
    const held = advice.advised?.busiestSlots.high ?? 0;
    expect(held).toBeLessThanOrEqual(0.8 * (advice.advisedSlots ?? 0));
  });

  test('as many as memory allows, with a smaller timeout; else another design', () => {
    const memory = { slots: 30, workerBytes: 1, server: 'prefork' } as const;
    const plenty = adviceOf(linesOf(heavy), { ...memory, availableBytes: 1000 });
    const scarce = adviceOf(linesOf(heavy), { ...memory, availableBytes: 40 });
    const none = adviceOf(linesOf(heavy), { ...memory, availableBytes: 1 });
    expect([plenty.kind, scarce.kind, none.kind]).toEqual(['more_slots', 'more_slots', 'redesign']);
    expect(scarce.advisedSlots).toBeLessThanOrEqual(30 + 32);
    expect(scarce.advisedKeepaliveTimeoutSeconds).toBeLessThan(
      plenty.advisedKeepaliveTimeoutSeconds ?? 0,
    );
    expect(none.headline).toMatch(/event MPM.*nginx in front.*more machines/);
    // Nobody must set what memory does not allow: no figure is advised, and no row of the table is marked.
    expect(none).toMatchObject({ directives: [], effect: [], advised: undefined });
    expect([none.advisedSlots, none.advisedKeepaliveTimeoutSeconds]).toEqual([
      undefined,
      undefined,
    ]);
    expect(none.wouldChange.join('\n')).toMatch(/^more memory: \d+ workers/);
    expect(none.wouldChange.join('\n')).toContain('the event MPM');
  });

  test('says which memory more workers were measured by, or that none was', () => {
    const memory = { slots: 30, workerBytes: 2 ** 20 } as const;
    const text = (options: Partial<AdviceOptions>) =>
      adviceOf(linesOf(heavy), { ...memory, ...options }).restsOn.join('\n');
    const availableBytes = 2 ** 30;
    expect(text({ availableBytes, limitedBy: 'control group' })).toContain(
      "a worker takes 1 MiB, and 1,024 MiB are free under the memory limit of the server's control group, of which new workers may take 80 %",
    );
    expect(text({ availableBytes, limitedBy: 'machine' })).toContain('on the machine');
    expect(text({ availableBytes })).toContain('1,024 MiB are free, of which');
    expect(text({})).toMatch(/whether memory allows \d+ workers was not checked/);
    expect(text({ server: 'nginx' })).not.toContain('memory');
  });

  test("today's setting is right, and is said to be", () => {
    const advice = adviceOf(linesOf({ today: 3 }), { slots: 100, today: 3 });
    expect(advice).toMatchObject({
      kind: 'keep',
      directives: [],
      advisedKeepaliveTimeoutSeconds: 3,
    });
    expect(advice.headline).toMatch(/^Keep the timeout of 3 s/);
  });

  test('a log of a full server hides bursts: the busiest moment allows for them, and the advice reports that', () => {
    const [roomy, often, full] = [100, 42, 30].map((slots) => adviceOf(linesOf(), { slots }));
    const at = (seconds: number, advice: typeof full) =>
      advice?.model.predictions.find(({ timeoutSeconds }) => timeoutSeconds === seconds);
    expect(roomy?.model.wasFull).toBe(false);
    expect(full?.model.wasFull).toBe(true);
    const held = (seconds: number) => {
      const hour = at(seconds, full)?.busyHourIdleSlots.high ?? 0;
      // Requests hold 3 x 4 x 0.1 slots besides.
      return hour + 1.2;
    };
    // A quarter more than all slots, for those who wait, and a burst around that mean.
    const burst = (slots: number, seconds: number) => {
      const mean = (1.25 * slots * held(seconds)) / held(5);
      return mean + 3 * Math.sqrt(mean) + 1;
    };
    for (const seconds of [1, 2, 3, 5]) {
      const high = (advice: typeof full) => at(seconds, advice)?.busiestSlots.high ?? 0;
      expect(high(full) / burst(30, seconds)).toBeCloseTo(1, 1);
      // 42 slots are nearly all in use for a few moments only: no more visitors wait than come in that time.
      expect(high(often)).toBeGreaterThan(high(roomy));
      expect(high(often)).toBeLessThan(burst(42, seconds));
    }
    expect(full?.restsOn.join()).toContain('bursts are higher than it shows');
    expect(roomy?.restsOn.join()).not.toContain('bursts');
    const sampled = adviceOf(linesOf(), { slots: 100, fullSampleShare: 0.01 });
    expect(sampled.model.wasFull).toBe(true);
  });

  test("directives are in each server's words, and lift the limits that stand in the way", () => {
    const many = linesOf({ visitsPerSecond: 40, requestSeconds: 4, seconds: 600 });
    const prefork = adviceOf(many, { slots: 50 });
    const event = adviceOf(many, { slots: 50, server: 'event', threadsPerChild: 25 });
    expect(prefork.advisedSlots).toBeGreaterThan(256);
    expect(prefork.directives).toContain(`ServerLimit ${prefork.advisedSlots}`);
    const processes = Math.ceil((event.advisedSlots ?? 0) / 25);
    expect(event.directives).toContain(`ServerLimit ${processes}`);
    expect(event.directives).toContain(`MaxRequestWorkers ${processes * 25}`);
    expect(adviceOf(linesOf(), { slots: 20 }).directives).toEqual([
      'KeepAlive On',
      'KeepAliveTimeout 500ms',
    ]);
  });

  test('idle clients of event need connections, not workers', () => {
    const prefork = adviceOf(linesOf(), { slots: 20 });
    const event = adviceOf(linesOf(), { slots: 20, server: 'event' });
    expect(event.advisedKeepaliveTimeoutSeconds).toBeGreaterThan(
      prefork.advisedKeepaliveTimeoutSeconds ?? 0,
    );
  });
});

describe('adviseKeepalive() with too little', () => {
  test('traffic says how much is missing', () => {
    const advice = adviceOf([{ end: start, connection: 1, number: 1 }], { slots: 10 });
    expect(advice).toMatchObject({
      kind: 'none',
      directives: [],
      missing: [
        'only 0 seconds of the 10 minutes of traffic that are needed',
        'only 1 of the 200 connections that are needed',
      ],
    });
    expect(advice.headline).toMatch(/^No advice/);
  });

  test('to tell connections apart says which fields to add, for both servers', () => {
    const missing = (server: AdvisedServer) =>
      adviceOf([{ end: start, number: 1 }], { server }).missing.join();
    expect(missing('nginx')).toContain('$msec $connection $connection_requests $request_time');
    expect(missing('prefork')).toContain('%D %k %X %{c}a %{remote}p %{end:msec}t');
  });

  test('no reuse at all, by clients that never come back: keep-alive off', () => {
    const advice = adviceOf(linesOf({ requests: 1 }), { slots: 100 });
    expect(advice).toMatchObject({ kind: 'off' });
    expect(advice.today?.reuseRatio.high).toBe(0);
  });

  test('with keep-alive off, visitors that come back show what a timeout would gain, and hold', () => {
    const off = linesOf().map((line, n) => ({ ...line, connection: n, number: 1, keptOpen: 0 }));
    const advice = adviceOf(off, { today: 0, slots: 100 });
    expect(advice).toMatchObject({ kind: 'timeout', advisedKeepaliveTimeoutSeconds: 3 });
    expect(advice.advised?.reuseRatio).toMatchObject({ low: 0 });
    expect(advice.advised?.reuseRatio.expected).toBeGreaterThan(0.7);
    const held = adviceOf(linesOf(), { slots: 100 }).model.predictions.map(
      ({ meanIdleSlots }) => meanIdleSlots.expected,
    );
    const predicted = advice.model.predictions.map(({ meanIdleSlots }) => meanIdleSlots.expected);
    for (const [index, slots] of held.slice(1, 7).entries()) {
      expect(predicted[index + 1]).toBeCloseTo(slots, 0);
    }
  });

  test("only HTTP/1.0: no connection stays, so any timeout is as good as today's", () => {
    const old = linesOf().map((line, n) => ({
      ...line,
      protocol: 'HTTP/1.0' as const,
      connection: n,
      number: 1,
    }));
    expect(adviceOf(old, { slots: 100 })).toMatchObject({ kind: 'keep', directives: [] });
  });

  test('a proxy in front is said to be one', () => {
    const proxied = linesOf().map((line) => ({ ...line, client: 1 }));
    const advice = adviceOf(proxied, { slots: 100 });
    expect(advice.model.isBehindProxy).toBe(true);
    expect(advice.restsOn.join('\n')).toContain('the clients are proxies');
  });

  test("a timeout longer than the log is never advised, but today's may stay", () => {
    const lines = linesOf({ seconds: 700, today: 600, gapSeconds: 100 });
    const advice = adviceOf(lines, { today: 600 });
    const marked = advice.model.predictions.filter(({ isLongerThanLog }) => isLongerThanLog);
    expect(marked.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([600]);
    expect(Number.isFinite(advice.today?.meanIdleSlots.high)).toBe(true);
  });

  test('exactness says what makes it so', () => {
    const coarse = linesOf().map(({ end, connection = 0, number = 0 }) => ({
      end: Math.floor(end),
      connection,
      number,
      requestSeconds: -1,
      seconds: -1,
      protocol: 'HTTP/2.0' as const,
    }));
    const text = adviceOf(coarse).restsOn.join('\n');
    expect(text).toContain('times are whole seconds');
    expect(text).toContain('lines have no duration');
    expect(text).toContain('HTTP/2');
    expect(text).toContain('the number of slots is not known');
  });
});
