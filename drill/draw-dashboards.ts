import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allDashboards } from '../dashboards/src/all-dashboards.ts';
import { httpGet } from '../test/support/http-get.ts';
import type { Drill } from './start-drill.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface Drawing {
  readonly prometheus: string;
  readonly directory: string;
  /** `rest` or `flood`: the end of the pictures' names. */
  readonly name: string;
}

/** Every dashboard as it is at this moment, as DIRECTORY/UID-NAME.png, by a package that has to be installed before. */
export async function drawDashboards({ prometheus, directory, name }: Drawing): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const files = [...allDashboards.keys()].map((board) => `dashboards/keepalive-${board}.json`);
  const flags = [
    `--prometheus=${prometheus}`,
    `--out=${directory}`,
    `--name=${name}`,
    `--to=${now}`,
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['tools/dashboard-pictures/render.mjs', ...flags, ...files],
    { cwd: root },
  );
  process.stderr.write(stdout);
}

/** A few requests a second to each server, so that there is something to draw; what it returns ends them. */
export function startVisitors({ prefork, event, nginx }: Drill): () => void {
  const visit = ({ port }: { readonly port: number }) =>
    httpGet(`http://127.0.0.1:${port}/`, { timeoutMs: 2000 }).catch(() => undefined);
  const timers = [prefork, event, nginx].map((server, at) =>
    setInterval(() => void visit(server), 250 + 150 * at),
  );
  return () => timers.forEach(clearInterval);
}
