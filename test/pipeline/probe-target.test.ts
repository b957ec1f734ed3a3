import { expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { probeKeepalive } from '../../src/pipeline/probe-keepalive.ts';
import { probeTarget } from '../../src/pipeline/probe-target.ts';

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
