import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createAdviceSource } from '../../src/pipeline/advice-source.ts';
import type { TargetView } from '../../src/snapshot/target-view.ts';
import { steadyGaps } from '../support/advised-traffic.ts';
import { answeredWith, failedWith, fullPrefork, viewOf } from '../support/page-view.ts';

function sourceOf(
  summary = (): ReturnType<typeof steadyGaps> | undefined => steadyGaps(),
  assumed = false,
) {
  let now = 0;
  let asked = 0;
  const source = createAdviceSource({
    summarizeGaps: () => {
      asked++;
      return summary();
    },
    configOf: () => undefined,
    isTimeoutAssumed: () => assumed,
    monotonic: () => now,
  });
  return {
    source,
    asked: () => asked,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const view = viewOf(answeredWith(3, 20));

const processes = { count: 7, pid: 812, residentBytes: 9e9, stopped: false };

describe('createAdviceSource()', () => {
  test('works out an advice once a minute, however often it is asked', () => {
    const { source, asked, wait } = sourceOf();
    expect(source.adviceFor(view)).toMatchObject({ kind: 'timeout', model: { slots: 20 } });
    wait(59_000);
    source.adviceFor(view);
    expect(asked()).toBe(1);
    wait(2000);
    source.adviceFor(view);
    expect(asked()).toBe(2);
  });

  test('reports that the timeout is assumed when it is not configured', () => {
    const { source } = sourceOf(steadyGaps, true);
    expect(source.adviceFor(view)?.restsOn.at(-1)).toBe(
      "capacity.keepalive_timeout is not configured: 30 s is the server's default",
    );
  });

  test('has no advice where no log identifies connections', () => {
    expect(sourceOf(() => undefined).source.adviceFor(view)).toBeUndefined();
  });

  test('derives the advice again after a reload', () => {
    const { source, asked } = sourceOf();
    source.adviceFor(view);
    source.forget();
    source.adviceFor(view);
    expect(asked()).toBe(2);
  });
});

/** A page of event with 20 of 20 threads busy, as httpd writes it. */
function eventPage(): TargetView {
  const page = viewOf(answeredWith(3), {
    figures: {
      keepaliveModel: 'async',
      groups: [
        { kind: 'worker', limit: { value: 20, source: 'scoreboard' }, counts: new Map() },
        { kind: 'connection', limit: { value: 60, source: 'computed' }, counts: new Map() },
      ],
    },
    identity: { mpm: 'event', keepaliveModel: 'async' },
  });
  const target = { name: 'shop', server: 'apache' } as const;
  return { ...page, observation: { ...page.observation, target } };
}

test.each([
  ['a full server that no longer answers', 'response_timeout'],
  ['a server that refuses connections', 'refused'],
] as const)('%s has the advice that it had before', (_, result) => {
  const { source, wait } = sourceOf();
  const page = eventPage();
  const before = source.adviceFor(page);
  expect(before?.model).toMatchObject({ idleCost: 'async', slots: 20 });
  wait(3_600_000 * 2);
  const { figures: _page, identity: _known, ...silent } = page;
  const outcome = failedWith(result);
  const after = source.adviceFor({ ...silent, observation: { ...page.observation, outcome } });
  expect(after).toEqual(before);
  // A reload replaces the target, and its first poll has not ended.
  source.forget();
  const { target } = page.observation;
  expect(source.adviceFor({ observation: { target } })).toEqual(before);
});

test('another timeout in the file of the server discards the gaps seen so far', () => {
  const asked: (number | undefined)[] = [];
  const source = createAdviceSource({
    summarizeGaps: (_, todaySeconds) => {
      asked.push(todaySeconds);
      return { ...steadyGaps(), todaySeconds };
    },
    configOf: () => undefined,
    isTimeoutAssumed: () => false,
  });
  const keepaliveRequests = { value: 100, origin: 'default' };
  const withTimeout = (value: number) => {
    const figures = { keepaliveTimeoutSeconds: { value, origin: 'a:1' }, keepaliveRequests };
    return viewOf(answeredWith(3, 20), { config: { findings: [], figures } });
  };
  source.adviceFor(withTimeout(30));
  source.forget();
  source.adviceFor(withTimeout(2));
  expect(asked).toEqual([30, 2]);
});

test('after more workers were added, the samples of the full server before count no more', () => {
  const { source, wait } = sourceOf();
  const sampled = (full: number, roomy: number, slots: number) => {
    const page = viewOf(answeredWith(3), {
      figures: {
        ...fullPrefork,
        groups: [
          { kind: 'worker', limit: { value: slots, source: 'scoreboard' }, counts: new Map() },
        ],
      },
    });
    const { saturation } = page.counters.samples;
    const counts = [roomy, 0, 0, 0, 0, full, 0];
    const keepaliveSlots = { sum: 3 * roomy, count: roomy };
    const samples = {
      ...page.counters.samples,
      saturation: { ...saturation, counts },
      keepaliveSlots,
    };
    const target = { name: 'shop', server: 'apache' } as const;
    return {
      ...page,
      counters: { ...page.counters, samples },
      observation: { ...page.observation, target },
    };
  };
  const wasFull = (view: TargetView) => source.adviceFor(view)?.model.wasFull;
  expect(wasFull(sampled(600, 600, 300))).toBe(true);
  wait(61_000);
  const after = source.adviceFor(sampled(600, 660, 400));
  expect(after?.model.wasFull).toBe(false);
  // How soon clients close does not depend on the number of workers, which a graceful restart may change for a while.
  expect(after?.model.meanTailSeconds).toBeGreaterThan(0);
  wait(3_600_000);
  expect(wasFull(sampled(600, 4000, 400))).toBe(false);
  wait(3_600_000);
  expect(wasFull(sampled(1600, 4000, 400))).toBe(true);
});

test('more workers are advised as far as the memory of the server goes, once it is read', async () => {
  const host = { processes: { ...processes, workerBytes: 20 * 2 ** 20 } };
  const page = viewOf(answeredWith(3), { figures: fullPrefork, host });
  const target = { name: 'shop', server: 'apache' } as const;
  const busy = { ...page, observation: { ...page.observation, target } };
  const asked: number[] = [];
  let now = 0;
  const source = createAdviceSource({
    summarizeGaps: () => ({ ...steadyGaps(), busiestBusy: 6 }),
    configOf: () => undefined,
    isTimeoutAssumed: () => false,
    monotonic: () => now,
    readMemory: (pid) => {
      asked.push(pid);
      return Promise.resolve({ bytes: 2 ** 30, limitedBy: 'control group' });
    },
  });
  const basis = () => source.adviceFor(busy)?.restsOn.join('\n');
  expect(basis()).toContain('was not checked');
  await Promise.resolve();
  now = 5000;
  expect(basis()).toContain("under the memory limit of the server's control group");
  expect(asked).toEqual([812, 812]);
});

test('a target of logs alone has the slots of its configuration', () => {
  const parsed = parseConfig(
    'targets: [{name: cdn, server: nginx, access_logs: [{path: /a}], capacity: {worker_processes: 2, worker_connections: 64}}]',
  );
  const source = createAdviceSource({
    summarizeGaps: () => steadyGaps(),
    configOf: () => (parsed.ok ? parsed.value.targets[0] : undefined),
    isTimeoutAssumed: () => false,
  });
  const advice = source.adviceFor({ observation: { target: { name: 'cdn', server: 'nginx' } } });
  expect(advice?.model.slotLimit).toBe(128);
  expect(advice?.today?.fits).toBe(true);
});
