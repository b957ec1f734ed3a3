import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startExporter } from './exporter.ts';
import { parseExposition } from './exposition.ts';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk } from './http-get.ts';
import { keep, keepTempDirectory } from './keep.ts';
import { startProcess } from './processes.ts';
import { requestsOnOneConnection } from './requests-on-one-connection.ts';
import { waitUntil } from './wait-until.ts';

export interface Place {
  readonly directory: string;
  readonly port: number;
}

/** A directory that looks to a server as the one its configuration was written for. */
export async function createPlace(): Promise<Place> {
  const directory = await keepTempDirectory('documented');
  for (const name of ['htdocs', 'conf', 'log', 'tmp']) {
    await mkdir(join(directory, name));
    await chmod(join(directory, name), 0o777);
  }
  await writeFile(join(directory, 'htdocs/index.html'), 'up\n');
  await writeFile(join(directory, 'conf/mime.types'), 'text/html html\n');
  await symlink('/usr/lib/apache2/modules', join(directory, 'modules'));
  await mkdir(join(directory, 'bin'));
  await symlink(requireBinary('rotatelogs'), join(directory, 'bin/rotatelogs'));
  return { directory, port: await findFreePort() };
}

/** The paths and the port of an image or a distribution become those of the place; all else stays as written. */
export function relocate(text: string, { directory, port }: Place): string {
  // /tmp first: the place itself is in there.
  return text
    .replaceAll('/tmp', join(directory, 'tmp'))
    .replaceAll('/usr/local/apache2', directory)
    .replaceAll('127.0.0.1:5140', `127.0.0.1:${port}`)
    .replaceAll(/\/var\/log\/(?:web|nginx|apache2)\b/g, join(directory, 'log'))
    .replaceAll('/var/lib/keepalive-exporter', join(directory, 'tmp'))
    .replaceAll('/usr/share/nginx/html', join(directory, 'htdocs'))
    .replaceAll(/^(\s*listen|Listen) (?:127\.0\.0\.1:)?\d+/gim, `$1 127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
}

export interface ServerOptions {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The server is ready when this address answers. */
  readonly statusUrl: string;
}

/** As the pods run it: not as root. Debian's setpriv is part of every installation. */
export async function startServer({ directory }: Place, options: ServerOptions) {
  const { binary, args, env, statusUrl } = options;
  const command = requireBinary(binary);
  const asNobody = ['--reuid=65532', '--regid=65532', '--clear-groups', command, ...args];
  const asRoot = process.getuid?.() === 0;
  return keep(
    await startProcess({
      command: asRoot ? requireBinary('setpriv') : command,
      args: asRoot ? asNobody : args,
      env: { APACHE_LOG_DIR: join(directory, 'log'), ...env },
      isReady: () => answersOk(statusUrl),
      logFiles: [join(directory, 'log/error.log')],
    }),
  );
}

/** The exporter sees the server as up, and parses each line that three requests leave in its log. */
export async function expectUnderstood(place: Place, config: string): Promise<void> {
  const exporter = keep(await startExporter({ config }));
  await requestsOnOneConnection({ url: `http://127.0.0.1:${place.port}/`, count: 3 });
  let exposition = parseExposition(await exporter.metrics());
  const lines = (result: string) => exposition.value('webserver_log_lines_total', { result }) ?? 0;
  await waitUntil({
    until: 'three lines are counted',
    async holds() {
      exposition = parseExposition(await exporter.metrics());
      return lines('parsed') >= 3;
    },
  });
  expect(lines('unparsed')).toBe(0);
  expect(exposition.value('webserver_up')).toBe(1);
  expect(exposition.value('webserver_log_request_duration_seconds_count')).toBeGreaterThan(2);
  const reached = exposition.value('webserver_log_connections_reached_total', { requests: '2' });
  expect(reached).toBe(1);
  // The fields that `advise` needs.
  expect(exposition.value('webserver_log_keepalive_gap_seconds_count')).toBe(2);
}
