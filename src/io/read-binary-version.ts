import { execFile } from 'node:child_process';
import type { ServerKind } from '../snapshot/status-page.ts';

const binaries: Readonly<Record<ServerKind, readonly string[]>> = {
  apache: ['apache2', 'httpd'],
  nginx: ['nginx'],
};

/** The official image of Apache keeps its binary apart; systems keep theirs outside a user's PATH. */
const searchPath =
  '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const longestRunMilliseconds = 5000;

/** The version that a server's binary on this machine tells with -v; it reads no configuration for that. */
export async function readBinaryVersion(server: ServerKind): Promise<string | undefined> {
  for (const name of binaries[server]) {
    const found = /(?:Apache|nginx)\/(\d{1,4}(?:\.\d{1,4}){1,3})/.exec(await runVersion(name))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** nginx tells its version on stderr. */
function runVersion(name: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      name,
      ['-v'],
      { timeout: longestRunMilliseconds, env: { PATH: searchPath, LC_ALL: 'C' } },
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`),
    );
  });
}
