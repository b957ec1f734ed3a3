import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { runCli } from '../support/run-cli.ts';
import { planVisits } from '../support/timed-visitors.ts';
import { recommendedFormat, renderVisitLog } from '../support/visit-log.ts';

const page = (path: string) => readFile(join(repository, path), 'utf8');

/** An hour of the visitors of the feasibility run: gaps are log-normal, with a median of 0.8 s. */
async function adviseOnVisitors(...flags: readonly string[]): Promise<string> {
  const visits = planVisits({
    seed: 1,
    seconds: 3600,
    visitsPerSecond: 3,
    meanRequests: 4,
    medianGapSeconds: 0.8,
    sigma: 1.1,
    longestGapSeconds: 60,
  });
  const log = renderVisitLog(visits, {
    timeoutSeconds: 5,
    requestSeconds: 0.1,
    startSeconds: Date.UTC(2026, 10, 21, 10) / 1000,
  });
  const directory = await mkdtemp(join(tmpdir(), 'tuning-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log.1.gz');
  await writeFile(path, gzipSync(log));
  const { stdout, stderr } = await runCli([
    'advise',
    `--log=${path}`,
    `--format=${recommendedFormat}`,
    '--server=prefork',
    '--timeout=5s',
    ...flags,
  ]);
  expect(stderr).toBe('');
  return stdout;
}

/** The text below the command. */
function shownIn(file: string): string {
  const [, ...lines] = docBlock(file, '', '$ keepalive-exporter advise').split('\n');
  return lines.join('\n');
}

test('docs/tuning.md shows what advise prints, and README.md the beginning of it', async () => {
  const printed = await adviseOnVisitors('--slots=55');
  expect(shownIn('docs/tuning.md')).toBe(printed);
  const beginning = shownIn('README.md');
  expect(beginning).toContain('Expected');
  expect(printed.startsWith(beginning)).toBe(true);
}, 30_000);

test('docs/tuning.md recommends the format that the test reads', async () => {
  const formats = await page('docs/log-formats.md');
  expect(formats).toContain(recommendedFormat.replaceAll('"', '\\"'));
});

test('docs/tuning.md shows the page loads of docs/page-load.md beside those of the guides', async () => {
  const [tuning, pageLoad] = [await page('docs/tuning.md'), await page('docs/page-load.md')];
  const measured = [
    ...pageLoad.matchAll(/^\| (Apache|nginx) \| (no|yes) \| ([\d,]+ ms) \| ([\d,]+ ms) /gm),
  ];
  expect(measured).toHaveLength(4);
  for (const [, server, tls, off, on] of measured) {
    const how = tls === 'yes' ? 'with' : 'without';
    expect(tuning).toContain(`| ${server} ${how} TLS | ${off} | ${on} |`);
  }
  const [, off, on] = /guides report ([\d,]+ ms) without and (\d+ ms) with/.exec(pageLoad) ?? [];
  expect(tuning).toContain(`| published guides | ${off} | ${on} |`);
});
