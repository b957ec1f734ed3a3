import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../src/derive/seeded-random.ts';
import { listenOnFreePort } from '../support/listen-on-free-port.ts';
import { runCli } from '../support/run-cli.ts';

interface Traffic {
  /** Requests on each connection. */
  readonly requests: number;
  readonly milliseconds: number;
  readonly abortedShare: number;
}

const startSeconds = Date.UTC(2026, 10, 21, 10) / 1000;
const format = '$msec $remote_addr "$request" $status $request_time $connection_requests';

/** Half an hour, a hundred lines a minute. */
function renderLog({ requests, milliseconds, abortedShare }: Traffic, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const status = random.next() < abortedShare ? 499 : 200;
    const seconds = (milliseconds / 1000) * (0.5 + random.next());
    const time = (startSeconds + i * 0.6).toFixed(3);
    return `${time} 192.0.2.1 "GET / HTTP/1.1" ${status} ${seconds.toFixed(3)} ${1 + (i % requests)}\n`;
  });
  return lines.join('');
}

const usual: Traffic = { requests: 5, milliseconds: 40, abortedShare: 0.01 };

async function compareLogs(after: Traffic, ...flags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'compare-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [early, late] = [join(directory, 'early.log'), join(directory, 'late.log.gz')];
  await writeFile(early, renderLog(usual, 1));
  await writeFile(late, gzipSync(renderLog(after, 2)));
  const files = [`--before-log=${early}`, `--after-log=${late}`, `--format=${format}`];
  return runCli(['compare', ...files, ...flags]);
}

describe('compare, from logs', () => {
  test('says in a table what got better and what worse', async () => {
    const { code, stdout } = await compareLogs({
      requests: 2,
      milliseconds: 20,
      abortedShare: 0.05,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^before +2026-11-21T10:01Z to 2026-11-21T10:29Z, 28 samples of 60 s$/m);
    expect(stdout).toMatch(/^load +1\.67\/s +1\.67\/s .*no difference seen$/m);
    expect(stdout).toMatch(/^P95 .*better$/m);
    expect(stdout).toMatch(/^408 and 499 .*worse$/m);
    expect(stdout).toMatch(/^reuse +80\.0 % +50\.0 % +-30\.0 points .*worse$/m);
    expect(stdout).toMatch(/^slots held +needs the status page, .*--timeout-before/m);
    expect(stdout).toMatch(/^saturation +needs the status page, in Prometheus$/m);
    expect(stdout).toContain('Worse: 408 and 499, reuse, new connections.\n');
    expect(stdout).toContain('if the keep-alive timeout was made smaller, go back a step.\n');
  });

  test('sees no difference between two samples of the same traffic', async () => {
    const { code, stdout } = await compareLogs(usual);
    expect(stdout).not.toMatch(/better|worse/);
    expect(code).toBe(0);
  });

  test('speaks the rule with the timeouts it is given', async () => {
    const jump = { ...usual, abortedShare: 0.1 };
    const { stdout } = await compareLogs(jump, '--timeout-before=5s', '--timeout-after=2s');
    expect(stdout).toContain('went from 5 s to 2 s: go back a step');
    expect(stdout).toMatch(/^after .*, keep-alive timeout 2 s$/m);
  });

  test('prints JSON with units in its names', async () => {
    const { code, stdout } = await compareLogs(usual, '--output=json');
    expect(code).toBe(0);
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      before: { startSeconds: startSeconds + 60, stepSeconds: 60, samples: 28 },
      intervalRatio: 0.99,
      seed: 1,
      findings: [],
      missing: expect.arrayContaining(['heldSlots', 'memoryBytes']),
      figures: expect.arrayContaining([
        {
          name: 'reuseRatio',
          before: expect.closeTo(0.8, 3),
          after: expect.closeTo(0.8, 3),
          difference: expect.any(Number),
          intervalLow: expect.any(Number),
          intervalHigh: expect.any(Number),
          verdict: 'no difference seen',
        },
      ]),
    });
  });

  test('names a file that cannot be read, and a format that no line follows', async () => {
    const { code, stderr } = await runCli([
      'compare',
      '--before-log=/nonexistent',
      '--after-log=/x',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('/nonexistent: cannot be read: there is no such file');
    const other = await compareLogs(usual, '--format=combined');
    expect(other.stderr).toContain('--format is given twice');
  });
});

/** A visitor a second for half an hour, with two requests of 100 ms, 1 s apart, and a third 3 s later; and a poll of ours. */
function renderVisits(timeoutSeconds: number): string {
  const lines = Array.from({ length: 1800 }, (_, visit) => {
    const isCut = timeoutSeconds < 3;
    const poll = `${(startSeconds + visit + 0.5).toFixed(3)} 127.0.0.1 "GET /stub_status HTTP/1.1" 200 0.000 ${visit + 20_000} 1 "keepalive-exporter/1.0"\n`;
    const requests = [0.1, 1.2, 4.3].map((after, n) => {
      const connection = isCut && n === 2 ? visit + 10_000 : visit;
      const number = isCut && n === 2 ? 1 : n + 1;
      const end = visit + after;
      const time = (startSeconds + end).toFixed(3);
      return [
        end,
        `${time} 192.0.2.1 "GET / HTTP/1.1" 200 0.100 ${connection} ${number} "Mozilla/5.0"\n`,
      ] as const;
    });
    return [[visit + 0.5, poll] as const, ...requests];
  });
  return lines
    .flat()
    .toSorted(([a], [b]) => a - b)
    .map(([, line]) => line)
    .join('');
}

test('compare, from logs that tell connections, has the slots that visitors held', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'compare-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [early, late] = [join(directory, 'early.log'), join(directory, 'late.log')];
  await writeFile(early, renderVisits(5));
  await writeFile(late, renderVisits(2));
  const { stdout } = await runCli([
    'compare',
    `--before-log=${early}`,
    `--after-log=${late}`,
    '--format=$msec $remote_addr "$request" $status $request_time $connection $connection_requests "$http_user_agent"',
    '--timeout-before=5s',
    '--timeout-after=2s',
  ]);
  // Gaps of 1 and 3 s and a tail of 5 s are 9 slots; a gap of 1 s and two tails of 2 s are 5. Requests take 0.3.
  expect(stdout).toMatch(/^idle slots +9\.0 +5\.0 +-4\.0 .*better$/m);
  expect(stdout).toMatch(/^slots held +9\.3 +5\.3 +-4\.0 .*better$/m);
  expect(stdout).toContain('Slots are calculated from the log, as if no visitor closed');
});

describe('compare, from Prometheus', () => {
  const asked = ['--target=shop', '--before=now-3h/now-2h', '--after=now-1h/now'];

  async function answering(body: string, status = 200): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    const port = await listenOnFreePort(server);
    onTestFinished(() => {
      server.close();
    });
    return `http://127.0.0.1:${port}`;
  }

  test.each([
    ['<html>login</html>', 200, 'status 200, and the answer is not JSON'],
    ['{"status":"error","errorType":"bad_data","error":"parse error"}', 400, 'parse error'],
    ['{"status":"success","data":{"resultType":"vector","result":[]}}', 200, 'does not come from'],
    [
      '{"status":"success","data":{"resultType":"matrix","result":[]}}',
      200,
      'has no figure of target "shop"',
    ],
  ])('an answer %j is a failure that says why', async (body, status, wanted) => {
    const url = await answering(body, status);
    const { code, stdout, stderr } = await runCli(['compare', `--prometheus.url=${url}`, ...asked]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(wanted);
  });

  test('says that nobody listens, without the password', async () => {
    const url = 'http://me:secret@127.0.0.1:1/prom/';
    const { code, stderr } = await runCli(['compare', `--prometheus.url=${url}`, ...asked]);
    expect(code).toBe(1);
    expect(stderr).toContain('query http://127.0.0.1:1/prom: connect ECONNREFUSED');
    expect(stderr).not.toContain('secret');
  });

  test.each([
    [15, '60'],
    [60, '120'],
    [90, '180'],
  ])(
    'with a scrape each %d s it takes samples of %s s: counters need two scrapes',
    async (every, step) => {
      const steps = new Set<string | null>();
      const server = createServer(({ url = '' }, response) => {
        const { pathname, searchParams } = new URL(url, 'http://a');
        if (pathname === '/api/v1/query_range') steps.add(searchParams.get('step'));
        const values = [0, 1, 2, 3].map((n) => [startSeconds + n * every + 0.004, '1']);
        const result = pathname === '/api/v1/query' ? [{ metric: {}, values }] : [];
        const data = { resultType: 'matrix', result };
        response.end(JSON.stringify({ status: 'success', data }));
      });
      const port = await listenOnFreePort(server);
      onTestFinished(() => {
        server.close();
      });
      const url = `http://127.0.0.1:${port}`;
      await runCli(['compare', `--prometheus.url=${url}`, ...asked]);
      expect([...steps]).toEqual([step]);
    },
  );

  test('without a recorded change it asks for ranges', async () => {
    const constant = '{"metric":{},"values":[[1795230000,"5"],[1795230060,"5"]]}';
    const url = await answering(
      `{"status":"success","data":{"resultType":"matrix","result":[${constant}]}}`,
    );
    const { code, stderr } = await runCli(['compare', `--prometheus.url=${url}`, '--target=shop']);
    expect(code).toBe(1);
    expect(stderr).toContain('no configuration change of target "shop" was recorded');
  });

  test('a target without any record may be a wrong name', async () => {
    const url = await answering('{"status":"success","data":{"resultType":"matrix","result":[]}}');
    const { code, stderr } = await runCli(['compare', `--prometheus.url=${url}`, '--target=shup']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Prometheus has no keep-alive timeout and no start time of target "shup": check --target and --match, or give --before and --after',
    );
  });
});

test.each([
  ['', /give --prometheus.url and --target, or --before-log/],
  ['--prometheus.url=http://a', /and --target/],
  ['--prometheus.url=ftp://a --target=x', /"ftp:\/\/a": want http/],
  ['--prometheus.url=http://a --target=x --before=now-1h/now', /both --before and --after/],
  [
    '--prometheus.url=http://a --target=x --before=x --after=now-1h/now',
    /--before="x": want START\/END/,
  ],
  [
    '--prometheus.url=http://a --target=x --before=now/now-1h --after=now-1h/now',
    /END must be after START/,
  ],
  ['--before-log=a', /both --before-log and --after-log/],
  ['--before-log=a --after-log=b --target=x', /--target cannot be combined with/],
  ['--before-log=a --after-log=b --step=0s', /--step="0s": want a duration/],
])('compare "%s" is wrong use', async (flags, wanted) => {
  const { code, stdout, stderr } = await runCli(['compare', ...flags.split(' ').filter(Boolean)]);
  expect(stderr).toMatch(wanted);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
