import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { requireBinary } from './find-binary.ts';

/** One of each kind of log input, each the only log of a target that bears its name. */
export interface LogInputKinds {
  /** The targets as YAML, with this format. */
  config(format: string): string;
  /** Writes so many lines to each of them. */
  write(count: number, kinds?: readonly InputKind[]): Promise<void>;
  /** Where it lies, for those that have a place in the file system. */
  readonly paths: Readonly<Record<PathKind, string>>;
  /** The directory to close so that the path cannot be reached. */
  readonly homes: Readonly<Record<PathKind, string>>;
  /** After something else stood at the path for a while: later lines go to what stands there now. */
  reopen(kind: PathKind): Promise<void>;
  close(): Promise<void>;
}

export const pathKinds = ['file', 'pattern', 'pipe'] as const;
export const inputKinds = [...pathKinds, 'syslog', 'stdin'] as const;
export type PathKind = (typeof pathKinds)[number];
export type InputKind = (typeof inputKinds)[number];

const isPathKind = (kind: InputKind): kind is PathKind => kind !== 'syslog' && kind !== 'stdin';

export const inputLine = '"GET / HTTP/1.1" 200\n';

export interface LogInputKindsOptions {
  readonly directory: string;
  readonly syslogPort: number;
  readonly stdin: Writable;
}

export async function createLogInputs(options: LogInputKindsOptions): Promise<LogInputKinds> {
  const { directory, syslogPort, stdin } = options;
  const homes = {
    file: join(directory, 'file'),
    pattern: join(directory, 'pattern'),
    pipe: join(directory, 'pipe'),
  };
  const paths = {
    file: join(homes.file, 'a.log'),
    pattern: join(homes.pattern, 'b.log'),
    pipe: join(homes.pipe, 'c.fifo'),
  };
  for (const home of Object.values(homes)) await mkdir(home);
  makePipe(paths.pipe);
  const socket = createSocket('udp4');
  const handles = {
    file: await open(paths.file, 'a', 0o644),
    pattern: await open(paths.pattern, 'a', 0o644),
    pipe: await openPipe(paths.pipe),
  };

  const send = () =>
    new Promise<void>((resolve, reject) =>
      socket.send(`<190>Nov 20 21:38:02 h t: ${inputLine}`, syslogPort, '127.0.0.1', (error) =>
        error === null ? resolve() : reject(error),
      ),
    );

  const writeTo = async (kind: InputKind): Promise<void> => {
    if (isPathKind(kind)) await handles[kind].write(inputLine);
    else if (kind === 'syslog') await send();
    else stdin.write(inputLine);
  };

  return {
    paths,
    homes,
    config: (format) =>
      Object.entries({
        file: `path: ${paths.file}`,
        pattern: `path: "${homes.pattern}/*.log"`,
        pipe: `pipe: ${paths.pipe}`,
        syslog: `syslog: "127.0.0.1:${syslogPort}"`,
        stdin: 'stdin: true',
      })
        .map(
          ([name, source]) =>
            `  - {name: ${name}, server: nginx, access_logs: [{${source}, format: '${format}'}]}\n`,
        )
        .join(''),
    async write(count, kinds = inputKinds) {
      for (let n = 0; n < count; n++) for (const kind of kinds) await writeTo(kind);
    },
    async reopen(kind) {
      await handles[kind].close();
      if (kind === 'pipe') makePipe(paths.pipe);
      handles[kind] =
        kind === 'pipe' ? await openPipe(paths.pipe) : await open(paths[kind], 'a', 0o644);
    },
    async close() {
      socket.close();
      for (const handle of Object.values(handles)) await handle.close();
    },
  };
}

function makePipe(path: string): void {
  execFileSync(requireBinary('mkfifo'), ['-m', '666', path]);
}

/** For reading, too: then it neither waits for the exporter nor fails while that is away. */
function openPipe(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_NONBLOCK);
}
