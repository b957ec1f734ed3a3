import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProgressBar } from '../../src/cli/progress-bar.ts';
import { createRandom } from '../../src/derive/seeded-random.ts';
import { runCli } from '../support/run-cli.ts';

const startSeconds = Date.UTC(2026, 10, 21, 10) / 1000;
const format =
  '$remote_addr $msec "$request" $status $request_time $connection $connection_requests';

/** An hour of visitors who read for some seconds and come back within the timeout, or not. */
function visitLines(): readonly string[] {
  const random = createRandom(3);
  const lines: (readonly [number, string])[] = [];
  for (let visit = 0; visit < 1800; visit++) {
    let at = visit * 2;
    for (let number = 1; number <= 4; number++) {
      const line = `192.0.2.${visit % 250} ${(startSeconds + at).toFixed(3)} "GET / HTTP/1.1" 200 0.050 ${visit} ${number}\n`;
      lines.push([at, line]);
      at += 0.1 + random.next() * 1.5;
    }
  }
  return lines.toSorted(([a], [b]) => a - b).map(([, line]) => line);
}

const lines = visitLines();

async function adviseOn(...flags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'advise-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [early, late] = [join(directory, 'access.log.1.gz'), join(directory, 'access.log')];
  const half = lines.length / 2;
  await writeFile(early, gzipSync(lines.slice(0, half).join('')));
  await writeFile(late, lines.slice(half).join(''));
  // The newer one first: they are put in order.
  const files = [`--log=${late}`, `--log=${early}`];
  return runCli(['advise', ...files, `--format=${format}`, '--server=prefork', ...flags]);
}

describe('advise, from logs', () => {
  test('prints the advice, its directives, a row for each timeout and what it rests on', async () => {
    const { code, stdout, stderr } = await adviseOn('--slots=150', '--timeout=5s');
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^Set the keep-alive timeout to 1.5 s \(today 5 s\): 73 % of the requests/,
    );
    expect(stdout).toContain('  KeepAlive On\n  KeepAliveTimeout 1500ms\n');
    expect(stdout).toMatch(/^1\.5 s +73 % .*advised$/m);
    expect(stdout).toMatch(/^5 s +75 % .*today$/m);
    expect(stdout).toContain('- 59.9 minutes of traffic: 7,200 requests');
    expect(stdout).not.toContain('clock');
    expect(code).toBe(1);
  });

  test("ends with 0 when today's setting is right", async () => {
    const { code, stdout } = await adviseOn('--slots=150', '--timeout=2s');
    expect(stdout).toMatch(/^Keep the timeout of 2 s/);
    expect(code).toBe(0);
  });

  test('prints JSON with units in its names', async () => {
    const { stdout } = await adviseOn('--slots=150', '--timeout=5s', '--output=json');
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      kind: 'timeout',
      advisedKeepaliveTimeoutSeconds: 1.5,
      directives: ['KeepAlive On', 'KeepAliveTimeout 1500ms'],
      findings: [{ kind: 'timeout', message: expect.any(String) }],
      today: { timeoutSeconds: 5, reuseRatio: { expected: 0.75 } },
      model: { slots: 150, predictions: expect.any(Array) },
    });
  });

  test('says that the timeout is assumed when it is not given', async () => {
    const { stdout } = await adviseOn('--slots=150');
    expect(stdout).toContain("- --timeout was not given: 5 s is the server's default");
  });

  test('lists the fields to add to a format that does not identify connections', async () => {
    const other = '$remote_addr $msec "$request" $status $request_time $bytes_sent $pipe';
    const { code, stdout } = await adviseWith(other, lines.slice(0, 50));
    expect(code).toBe(1);
    expect(stdout).toContain(
      'Add " $msec $connection $connection_requests $request_time" to the end of its log_format',
    );
  });

  test.each([
    [[], /give --log=FILE/],
    [['--log=a'], /give --format=FORMAT/],
    [['--log=a', '--format=json'], /give --server: want apache, prefork/],
    [['--log=a', '--format=json', '--server=iis'], /--server="iis"/],
    [
      ['--log=a', '--format=json', '--server=nginx', '--slots=0'],
      /--slots="0": want a whole number/,
    ],
    [['--log=a', '--format=json', '--server=nginx', '--timeout=x'], /--timeout="x": want a dur/],
    [['--log=a', '--format=json', '--server=nginx', '--timeout=2h'], /want 1h at most/],
    [['--nonsense'], /nonsense/],
  ])('%j is wrong use', async (args, problem) => {
    const { code, stderr } = await runCli(['advise', ...args]);
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
  });

  test('a log that is not there, and one in another format, end with 1', async () => {
    const missing = await runCli([
      'advise',
      '--log=/nowhere/access.log',
      '--format=json',
      '--server=nginx',
    ]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain(
      '/nowhere/access.log: cannot be read: there is no such file\n',
    );
    const other = await adviseWith('combined', lines.slice(0, 50));
    expect(other.stderr).toMatch(
      /none of the 50 lines follows the format "combined": the first stops at column \d+, expected /,
    );
    expect(other.code).toBe(1);
  });

  test('an empty log, and one without a valid time, are reported', async () => {
    const empty = await adviseWith(format, []);
    expect(empty.stderr).toMatch(/access\.log: the files contain no line\n$/);
    const other = lines.slice(0, 50).map((line) => line.replace(/ \d+\.\d+ /, ' [noon] '));
    const { stdout } = await adviseWith(format, other);
    expect(stdout).toContain('no line has a readable time: check that the format matches');
  });

  test('lines in another format are counted, and the first of them is explained', async () => {
    const mixed = lines.flatMap((line, n) => (n % 9 === 0 ? ['broken\n', line] : [line]));
    const { stdout } = await adviseWith(format, mixed);
    expect(stdout).toMatch(
      /^- 800 of 8,000 lines do not follow the format and are left out: the first stops at column \d+, expected /m,
    );
    expect((await adviseWith(format, lines)).stdout).not.toContain('do not follow the format');
  });

  test('takes the files of a shell pattern: --log=FIRST and the others, or all without --log', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'advise-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const [early, late] = [join(directory, 'access.log.1'), join(directory, 'access.log')];
    await writeFile(early, lines.slice(0, 3600).join(''));
    await writeFile(late, lines.slice(3600).join(''));
    const flags = [`--format=${format}`, '--server=prefork', '--slots=150', '--timeout=5s'];
    const both = await adviseOn('--slots=150', '--timeout=5s');
    expect(await runCli(['advise', '--log', late, early, ...flags])).toEqual(both);
    expect(await runCli(['advise', ...flags, late, early])).toEqual(both);
    expect((await runCli(['advise', '--config.file=a', late])).code).toBe(2);
  });

  test('a mean of 0 idle slots is a measurement: all clients close at once', async () => {
    const { stdout } = await adviseOn('--slots=150', '--timeout=5s', '--idle-slots=0');
    expect(stdout).toContain('clients stay 0.0 s on average after their last response');
  });

  test('shows where the lines belong, and how the server reads them', async () => {
    const apache = await adviseOn('--slots=150', '--timeout=5s');
    expect(apache.stdout).toContain('- apachectl configtest && apachectl graceful\n');
    expect(apache.stdout).toMatch(/^To apply it\n- in apache2\.conf \(Debian\) or httpd\.conf/m);
    const nginx = await adviseWith(format, lines, '--least-traffic=1m');
    expect(nginx.stdout).toContain('  keepalive_timeout 1500ms;\n');
    expect(nginx.stdout).toContain('- nginx -t && nginx -s reload\n');
    expect(nginx.stdout).toContain('- reuse: 75 % becomes 73 %\n');
    expect(nginx.stdout).toContain(
      '- an hour later, check the effect with keepalive-exporter compare',
    );
  });

  test('--help names every flag', async () => {
    const { code, stdout } = await runCli(['advise', '--help']);
    expect(code).toBe(0);
    for (const flag of ['log', 'format', 'server', 'slots', 'timeout', 'idle-slots', 'output']) {
      expect(stdout).toContain(`--${flag}=`);
    }
  });
});

async function adviseWith(asFormat: string, text: readonly string[], ...flags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'advise-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log');
  await writeFile(path, text.join(''));
  return runCli(['advise', `--log=${path}`, `--format=${asFormat}`, '--server=nginx', ...flags]);
}

describe('createProgressBar()', () => {
  test('writes only where a person looks on, each step once, and wipes itself', () => {
    let written = '';
    const stderr = (text: string) => {
      written += text;
    };
    const silent = createProgressBar({ stderr });
    silent.show(1, 2);
    silent.clear();
    expect(written).toBe('');
    const bar = createProgressBar({ stderr, stderrIsTerminal: true });
    bar.show(1, 2);
    bar.show(1, 2);
    expect(written).toBe('\r###############...............  50 %');
    bar.clear();
    expect(written.endsWith(`\r${' '.repeat(36)}\r`)).toBe(true);
  });
});
