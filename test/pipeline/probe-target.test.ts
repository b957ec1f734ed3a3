import { afterEach, expect, test, vi } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { probeKeepalive } from '../../src/pipeline/probe-keepalive.ts';
import { probeTarget } from '../../src/pipeline/probe-target.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

afterEach(() => {
  vi.useRealTimers();
});

const silent = { debug: noop, info: noop, warn: noop, error: noop };

function noop(): void {}

async function probed(
  target: string,
  allow: readonly unknown[],
  probe: typeof probeTarget | typeof probeKeepalive = probeTarget,
) {
  const config = configSchema.parse({
    probe: { allow, modules: { apache: { server: 'apache', path: '/server-status?auto' } } },
  });
  const module = config.probe.modules['apache'];
  if (module === undefined) throw new Error('no module');
  const asked: string[] = [];
  const result = await probe(
    {
      target,
      module,
      allow: config.probe.allow,
      deadlineMilliseconds: 100,
      signal: new AbortController().signal,
    },
    {
      resolveName: (name) => {
        asked.push(name);
        return Promise.resolve(['11.0.0.1']);
      },
      log: silent,
      now: () => 0,
    },
  );
  return { status: result.ok ? 200 : result.error.status, asked };
}

test.each([
  ['no rule at all', 'made-up.example', []],
  ['no rule for the name', 'made-up.example', [{ host: '*.internal' }]],
  ['no rule for the port', 'a.internal:81', [{ host: '*.internal', ports: [80] }]],
  ['an address outside', '11.0.0.1', [{ cidr: '10.0.0.0/8' }]],
] as const)('D4 probeTarget() resolves no name when there is %s', async (_, target, allow) => {
  expect(await probed(target, allow)).toEqual({ status: 403, asked: [] });
  expect(await probed(target, allow, probeKeepalive)).toEqual({ status: 403, asked: [] });
});

test('probeTarget() asks for the name when its addresses decide', async () => {
  const { status, asked } = await probed('a.example', [{ cidr: '10.0.0.0/8' }]);
  expect({ status, asked }).toEqual({ status: 403, asked: ['a.example'] });
});

test('A15 probeTarget() a name that is resolved late leaves less time to its server, and delays no scrape', async () => {
  const server = keep(await startHostileServer(() => undefined));
  const { probe } = configSchema.parse({
    probe: {
      allow: [{ host: 'late.example', ports: [server.port] }],
      modules: { nginx: { server: 'nginx' } },
    },
  });
  const module = probe.modules['nginx'];
  if (module === undefined) throw new Error('no module');
  // The clock of the test stands still until the test moves it.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const ended = vi.fn();
  const probing = probeTarget(
    {
      target: `http://late.example:${server.port}/`,
      module,
      allow: probe.allow,
      deadlineMilliseconds: 4000,
      signal: new AbortController().signal,
    },
    {
      resolveName: () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(['127.0.0.1']), 2500);
        }),
      log: silent,
      now: () => 0,
    },
  ).then(ended);
  await vi.advanceTimersByTimeAsync(2500);
  while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1999);
  expect(ended).toHaveBeenCalled();
  await probing;
});

test('A15 D4 probeTarget() connects to the address that was checked, whatever the name means a moment later', async () => {
  const server = keep(await startHostileServer((socket) => socket.end()));
  const { probe } = configSchema.parse({
    probe: {
      allow: [{ cidr: '127.0.0.0/8', ports: [server.port] }],
      modules: { nginx: { server: 'nginx' } },
    },
  });
  const module = probe.modules['nginx'];
  if (module === undefined) throw new Error('no module');
  const answers = [['127.0.0.1'], ['169.254.169.254']];
  const probed = await probeTarget(
    {
      target: `http://rebinding.example:${server.port}/`,
      module,
      allow: probe.allow,
      deadlineMilliseconds: 60_000,
      signal: new AbortController().signal,
    },
    { resolveName: () => Promise.resolve(answers.shift() ?? []), log: silent, now: () => 0 },
  );
  expect(probed.ok).toBe(true);
  expect(server.connections()).toBe(1);
  expect(answers).toHaveLength(1);
});
