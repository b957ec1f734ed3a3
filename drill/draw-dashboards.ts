import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allDashboards } from '../dashboards/src/all-dashboards.ts';
import { startPrometheus } from '../test/support/real-prometheus.ts';
import type { Moment } from './record-dashboards.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface Drawing {
  /** Runs the servers, and records into the storage. */
  readonly record: (storage: string) => Promise<readonly Moment[]>;
  readonly directory: string;
  /** Where the recorded data stays. What is there already is drawn without a new recording. */
  readonly data?: string;
  readonly mode: string;
  readonly width: string;
}

/**
 * Draws every dashboard at each recorded moment, as DIRECTORY/UID-NAME.png, after the servers have stopped: drawing needs
 * the whole machine for minutes. Install tools/dashboard-pictures first.
 */
export async function drawDashboards(drawing: Drawing): Promise<void> {
  const storage = drawing.data ?? (await mkdtemp(join(tmpdir(), 'recorded-')));
  try {
    const moments = await recordOnce(storage, drawing.record);
    const prometheus = await startPrometheus({ storage });
    try {
      for (const moment of moments) await drawMoment(moment, prometheus.url, drawing);
    } finally {
      await prometheus.stop();
    }
  } finally {
    if (drawing.data === undefined) await rm(storage, { recursive: true, force: true });
  }
}

async function recordOnce(storage: string, record: Drawing['record']): Promise<readonly Moment[]> {
  const file = join(storage, 'moments.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as readonly Moment[];
  const moments = await record(storage);
  writeFileSync(file, JSON.stringify(moments));
  return moments;
}

async function drawMoment(
  { name, at, scrapeSeconds }: Moment,
  prometheus: string,
  { directory, mode, width }: Drawing,
): Promise<void> {
  const files = [...allDashboards.keys()].map((board) => `dashboards/keepalive-${board}.json`);
  const flags = { prometheus, out: directory, name, to: at, scrape: scrapeSeconds, mode, width };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      'tools/dashboard-pictures/render.mjs',
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      ...files,
    ],
    { cwd: root },
  );
  process.stderr.write(stdout + stderr);
}
