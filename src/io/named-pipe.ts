import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { LineConsumer } from '../parse/split-lines.ts';
import { noSourceStats, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { explainAccess, isDenied, NotAFileError } from './explain-access.ts';
import type { LogInput } from './log-input.ts';
import { openStreamInput } from './stream-input.ts';

/** An open pipe, with its inode to detect that another pipe was made in its place. */
interface OpenPipe {
  readonly ino: number;
  readonly socket: Socket;
  readonly input: LogInput;
}

/**
 * Reads lines from a named pipe (mkfifo). It is also opened for writing. So opening does not wait for the first writer,
 * and the pipe does not end when the last writer closes it, for example when the server restarts.
 */
export function openPipeInput(path: string, consume: LineConsumer): LogInput {
  let pipe: OpenPipe | undefined;
  let failure: SourceCondition | undefined;
  /** Totals of the pipes that were closed. */
  let before: SourceStats = noSourceStats;

  const stats = async (): Promise<SourceStats> => {
    const now = (await pipe?.input.stats()) ?? noSourceStats;
    return {
      ...now,
      readBytes: before.readBytes + now.readBytes,
      tooLongLines: before.tooLongLines + now.tooLongLines,
    };
  };

  const close = async (): Promise<void> => {
    before = { ...(await stats()), lagBytes: 0 };
    await pipe?.input.close();
    pipe?.socket.destroy();
    pipe = undefined;
  };

  return {
    async check() {
      try {
        const stats = await stat(path);
        if (pipe !== undefined && pipe.ino !== stats.ino) await close();
        pipe ??= openPipe(path, { stats, consume });
        failure = undefined;
      } catch (error) {
        failure = await explainPipe(path, error);
      }
      return false;
    },
    stats,
    condition: () =>
      failure ??
      pipe?.input.condition() ?? { reason: 'waiting_for_file', remedy: mkfifoHint(path) },
    place: () => Promise.resolve(undefined),
    close,
  };
}

function openPipe(
  path: string,
  { stats, consume }: { readonly stats: Stats; readonly consume: LineConsumer },
): OpenPipe {
  if (!stats.isFIFO())
    throw new NotAFileError(`"${path}" is not a named pipe; ${mkfifoHint(path)}`);
  // fs.createReadStream would block one of libuv's four threads while the pipe is empty.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd);
    throw new NotAFileError(`"${path}" is not a named pipe; ${mkfifoHint(path)}`);
  }
  const socket = new Socket({ fd, readable: true, writable: false });
  return { ino: stats.ino, socket, input: openStreamInput(socket, consume) };
}

async function explainPipe(path: string, error: unknown): Promise<SourceCondition> {
  const explained = await explainAccess(path, error);
  if (explained.reason === 'waiting_for_file') return { ...explained, remedy: mkfifoHint(path) };
  if (!isDenied(error)) return explained;
  return {
    ...explained,
    remedy: `${explained.remedy}; the exporter must be able to write to it too`,
  };
}

function mkfifoHint(path: string): string {
  return `make one: mkfifo ${path}`;
}
