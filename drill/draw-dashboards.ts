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
  /** `rest` or `flood`: the end of the pictures' names. */
  readonly name: string;
}

/** Every dashboard as it was with the last scrape that arrived, as DIRECTORY/UID-NAME.png, by a package that has to be installed before. */
export async function drawDashboards({ prometheus, directory, name }: Drawing): Promise<void> {
  // On a busy machine a scrape gets lost, and its second would be drawn as "no data".
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

/** A few requests a second to each server, four on a connection, so that there is something to draw; what it returns ends them. */
export function startVisitors({ prefork, event, nginx }: Drill): () => void {
  const visit = ({ port }: { readonly port: number }) =>
    requestsOnOneConnection({ url: `http://127.0.0.1:${port}/`, count: 4 }).catch(() => undefined);
  const timers = [prefork, event, nginx].map((server, at) =>
    setInterval(() => void visit(server), 1000 + 600 * at),
  );
  return () => timers.forEach(clearInterval);
}
