import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allDashboards } from '../dashboards/src/all-dashboards.ts';
import type { RealPrometheus } from '../test/support/real-prometheus.ts';
import { requestsOnOneConnection } from '../test/support/requests-on-one-connection.ts';
import type { Drill } from './start-drill.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface Drawing {
  readonly prometheus: RealPrometheus;
  readonly directory: string;
  /** Suffix of the picture names: `rest` or `flood`. */
  readonly name: string;
}

/** Draws every dashboard at the time of the last scrape, as DIRECTORY/UID-NAME.png. Install tools/dashboard-pictures first. */
export async function drawDashboards({ prometheus, directory, name }: Drawing): Promise<void> {
  // On a busy machine a scrape may be missing, and its second would be drawn as "no data".
  const [last] = await prometheus.query('max(max_over_time(timestamp(up == 1)[1m:1s]))');
  const to = Math.floor(last?.value ?? Date.now() / 1000);
  const files = [...allDashboards.keys()].map((board) => `dashboards/keepalive-${board}.json`);
  const flags = [
    `--prometheus=${prometheus.url}`,
    `--out=${directory}`,
    `--name=${name}`,
    `--to=${to}`,
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['tools/dashboard-pictures/render.mjs', ...flags, ...files],
    { cwd: root },
  );
  process.stderr.write(stdout);
}

/** Sends a few requests per second to each server, four on a connection. @returns a function that stops them */
export function startVisitors({ prefork, event, nginx }: Drill): () => void {
  const visit = ({ port }: { readonly port: number }) =>
    requestsOnOneConnection({ url: `http://127.0.0.1:${port}/`, count: 4 }).catch(() => undefined);
  const timers = [prefork, event, nginx].map((server, at) =>
    setInterval(() => void visit(server), 1000 + 600 * at),
  );
  return () => timers.forEach(clearInterval);
}
