import { execFile } from 'node:child_process';
import type { ServerKind } from '../snapshot/status-page.ts';

const binaries: Readonly<Record<ServerKind, readonly string[]>> = {
  apache: ['apache2', 'httpd'],
  nginx: ['nginx'],
};

/** Directories of distributions, and that of Apache's official image. A user's PATH may not contain them. */
const searchPath =
  '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const maximumRunMilliseconds = 5000;

/** Runs the binary of a server with -v, which reads no configuration, and returns its version. */
export async function readBinaryVersion(server: ServerKind): Promise<string | undefined> {
  for (const name of binaries[server]) {
    const found = /(?:Apache|nginx)\/(\d{1,4}(?:\.\d{1,4}){1,3})/.exec(await runVersion(name))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns both streams, because nginx prints its version on stderr. */
function runVersion(name: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      name,
      ['-v'],
      { timeout: maximumRunMilliseconds, env: { PATH: searchPath, LC_ALL: 'C' } },
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`),
    );
  });
}
