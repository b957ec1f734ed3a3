import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { ApacheStatus } from '../../src/snapshot/apache-status.ts';
import { fixture } from '../support/fixture.ts';

function parsed(page: string) {
  const result = parseApacheStatus(page);
  if (!result.ok) throw new Error(result.error.found);
  return result.value;
}

const minimal = 'BusyWorkers: 1\nIdleWorkers: 2\nScoreboard: W__.\n';

describe('parseApacheStatus() of recorded versions', () => {
  const cases: readonly [file: string, expected: Partial<ApacheStatus>][] = [
    [
      'apache-2.2.txt',
      {
        totalAccesses: 1234,
        totalKibibytes: 5678,
        cpuLoadPercent: 0.0123,
        uptimeSeconds: 3600,
        busyWorkers: 3,
        idleWorkers: 5,
      },
    ],
    [
      'apache-2.4.10-prefork.txt',
      { totalAccesses: 100, uptimeSeconds: 60, busyWorkers: 1, idleWorkers: 4 },
    ],
    [
      'apache-2.4.46-event.txt',
      {
        serverVersion: 'Apache/2.4.46 (Unix) OpenSSL/1.1.1',
        serverMpm: 'event',
        configGeneration: 3,
        mpmGeneration: 2,
        totalDurationMilliseconds: 123456,
        processes: 3,
        stoppingProcesses: 1,
        connsTotal: 12,
        connsAsyncKeepAlive: 7,
        connsAsyncClosing: 2,
        cpuSystemSeconds: 0.5,
      },
    ],
    [
      'apache-2.4.62-event.txt',
      {
        connsAsyncWaitIo: 1,
        connsTotal: 9,
        idleWorkers: 7,
      },
    ],
  ];
  test.each(cases)('A13 %s: the fields of its version are read', (file, expected) => {
    const { snapshot, badFields } = parsed(fixture(file));
    expect(snapshot).toMatchObject(expected);
    expect(badFields).toEqual([]);
  });

  test('A13 of BusyWorkers and IdleWorkers printed twice (2.4.35 to 2.4.57) the first counts', () => {
    expect(parsed(fixture('apache-2.4.46-event.txt')).snapshot).toMatchObject({
      busyWorkers: 2,
      idleWorkers: 6,
    });
  });

  test('A13 blocks of other modules after the scoreboard do not overwrite core fields', () => {
    expect(parsed(fixture('apache-2.4.62-event.txt')).snapshot.busyWorkers).toBe(1);
  });

  test('proxy balancers after the scoreboard are read, sizes in KiB', () => {
    expect(parsed(fixture('apache-2.4.62-event.txt')).snapshot.proxyBalancers).toEqual([
      {
        name: 'balancer://app',
        workers: [
          {
            name: 'http://127.0.0.1:9000',
            status: 'Init Ok',
            elected: 17,
            busy: 2,
            sentKibibytes: 12,
            receivedKibibytes: 34,
          },
        ],
      },
    ]);
  });
});

describe('parseApacheStatus() of odd pages', () => {
  test('A13 a page without ExtendedStatus keeps missing counters absent', () => {
    const { snapshot } = parsed(minimal);
    expect(Object.keys(snapshot).sort()).toEqual([
      'busyWorkers',
      'idleWorkers',
      'kind',
      'proxyBalancers',
      'scoreboard',
    ]);
  });

  test('CRLF line ends change nothing', () => {
    expect(parsed(fixture('apache-2.4.62-event.txt').replaceAll('\n', '\r\n')).snapshot).toEqual(
      parsed(fixture('apache-2.4.62-event.txt')).snapshot,
    );
  });

  test.each(['-5', 'NaN', 'Inf', '1e400', '3.9M', '', '1 2'])(
    'A10 a counter of "%s" is left out and named with its line',
    (value) => {
      const { snapshot, badFields } = parsed(`Total Accesses: ${value}\n${minimal}`);
      expect(snapshot.totalAccesses).toBeUndefined();
      expect(badFields).toEqual([{ field: 'Total Accesses', line: 1, found: value.trim() }]);
    },
  );

  test('A8 a version that looks like markup or holds control characters stays one printable text', () => {
    const { snapshot } = parsed(`ServerVersion: <script>alert(1)</script>\u0000\u009f\n${minimal}`);
    expect(snapshot.serverVersion).toBe('<script>alert(1)</script>\ufffd\ufffd');
  });

  test('A9 a million slots are counted', () => {
    const { snapshot } = parsed(`IdleWorkers: 1\nScoreboard: ${'K'.repeat(1_000_000)}_\n`);
    expect(snapshot.scoreboard).toMatchObject({
      length: 1_000_001,
      counts: { keepalive: 1_000_000, idle: 1 },
    });
  });

  test('A9 a letter no version prints is counted as unknown, and the counts still sum to the length', () => {
    const { scoreboard } = parsed('IdleWorkers: 1\nScoreboard: _x?é.\n').snapshot;
    expect(scoreboard.counts.unknown).toBe(3);
    expect(Object.values(scoreboard.counts).reduce((a, b) => a + b)).toBe(scoreboard.length);
  });

  test('A10 any text is parsed without an exception, and no figure is negative or NaN', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.string({ maxLength: 60 }),
        (head, scoreboard) => {
          const result = parseApacheStatus(
            `${head}\nIdleWorkers: 1\nScoreboard: ${scoreboard}\n${head}`,
          );
          if (!result.ok) return;
          for (const value of Object.values(result.value.snapshot)) {
            if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});

describe('parseApacheStatus() of pages that are no status page', () => {
  const cases: readonly [page: string, found: RegExp, remedy: RegExp][] = [
    ['<!DOCTYPE HTML>\n<html><head>\n<title>Apache Status</title>', /HTML variant/, /\?auto/],
    ['<html><form><input type="password"></form>', /login page/, /basic_auth/],
    ['Active connections: 1 \nserver accepts', /stub_status/, /server: nginx/],
    ['Total Accesses: 1\nBusyServers: 1\nIdleServers: 127\nScoreboard: ___', /Lighttpd/, /Apache/],
    ['pool:                 www\nprocess manager:      dynamic\n', /php-fpm/, /status_url/],
    ['', /empty page/, /status module/],
    ['BusyWorkers: 1\nIdleWorkers: 2\n', /BusyWorkers/, /mod_status/],
  ];
  test.each(cases)('A14 %j is explained', (page, found, remedy) => {
    const result = parseApacheStatus(page);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error.found).toMatch(found);
    expect(result.error.remedy).toMatch(remedy);
  });
});

/** A page with every field, each with a value of its own. */
test('parseApacheStatus() reads each number into the field of its name', () => {
  const numbers: readonly (readonly [key: string, field: keyof ApacheStatus])[] = [
    ['ParentServerConfigGeneration', 'configGeneration'],
    ['ParentServerMPMGeneration', 'mpmGeneration'],
    ['ServerUptimeSeconds', 'uptimeSeconds'],
    ['Load1', 'load1'],
    ['Load5', 'load5'],
    ['Load15', 'load15'],
    ['Total Accesses', 'totalAccesses'],
    ['Total kBytes', 'totalKibibytes'],
    ['Total Duration', 'totalDurationMilliseconds'],
    ['CPUUser', 'cpuUserSeconds'],
    ['CPUSystem', 'cpuSystemSeconds'],
    ['CPUChildrenUser', 'cpuChildrenUserSeconds'],
    ['CPUChildrenSystem', 'cpuChildrenSystemSeconds'],
    ['CPULoad', 'cpuLoadPercent'],
    ['BusyWorkers', 'busyWorkers'],
    ['IdleWorkers', 'idleWorkers'],
    ['Processes', 'processes'],
    ['Stopping', 'stoppingProcesses'],
    ['ConnsTotal', 'connsTotal'],
    ['ConnsAsyncWriting', 'connsAsyncWriting'],
    ['ConnsAsyncKeepAlive', 'connsAsyncKeepAlive'],
    ['ConnsAsyncClosing', 'connsAsyncClosing'],
    ['ConnsAsyncWaitIO', 'connsAsyncWaitIo'],
  ];
  const lines = numbers.map(([key], index) => `${key}: ${100 + index}\n`);
  const { snapshot, badFields } = parsed(`${lines.join('')}Scoreboard: _\n`);
  const expected = Object.fromEntries(numbers.map(([, field], index) => [field, 100 + index]));
  expect(snapshot).toMatchObject(expected);
  expect(badFields).toEqual([]);
});
