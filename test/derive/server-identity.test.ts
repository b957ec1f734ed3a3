import { describe, expect, test } from 'vitest';
import { identify } from '../../src/derive/server-identity.ts';
import { statusFamilies } from '../../src/metrics/status-families.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { Observation, ObservationOutcome } from '../../src/snapshot/target-view.ts';
import { answeredWith, failedWith, viewOf } from '../support/page-view.ts';

const answered = answeredWith(5);
const nginx = { version: '1.22.1', keepaliveModel: 'reclaimable' };

function answeredAt(atSeconds: number): Observation {
  const outcome: ObservationOutcome = { ...answered, version: '1.22.1' };
  return { ...viewOf(outcome).observation, atSeconds };
}

function silentAt(atSeconds: number): Observation {
  return { ...viewOf(failedWith('response_timeout')).observation, atSeconds };
}

describe('identify()', () => {
  test('goes by this answer', () => {
    expect(identify(answeredAt(990), undefined)).toEqual(nginx);
  });

  test('knows the MPM of an Apache from its page', () => {
    const page = parseApacheStatus('ServerMPM: event\nIdleWorkers: 1\nScoreboard: _W\n');
    if (!page.ok) throw new Error(page.error.found);
    const outcome: ObservationOutcome = { ...answered, snapshot: page.value.snapshot };
    expect(identify(viewOf(outcome).observation, undefined)).toMatchObject({ mpm: 'event' });
  });

  test('a silent server stays the one it was, for an hour', () => {
    expect(identify(silentAt(990 + 3600), answeredAt(990))).toEqual(nginx);
    expect(identify(silentAt(990 + 3601), answeredAt(990))).toBeUndefined();
  });

  test('a server that has never answered is not known', () => {
    expect(identify(silentAt(990), undefined)).toBeUndefined();
  });
});

test('webserver_info is there while the server is silent: a join by it finds the full server, too', () => {
  const info = statusFamilies.find(({ name }) => name === 'webserver_info');
  const silent = viewOf(failedWith('response_timeout'), {
    identity: { version: '2.4.62', mpm: 'Prefork', keepaliveModel: 'blocking' },
  });
  const apache = { ...silent.observation, target: { name: 'shop', server: 'apache' as const } };
  expect([...(info?.samples({ ...silent, observation: apache }) ?? [])]).toEqual([
    {
      labels: {
        target: 'shop',
        server: 'apache',
        version: '2.4.62',
        mpm: 'prefork',
        keepalive_model: 'blocking',
      },
      value: 1,
    },
  ]);
});
