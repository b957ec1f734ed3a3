import { constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { LineConsumer } from '../parse/split-lines.ts';
import { err, ok, type Result } from '../result.ts';
import { followStream, type StreamInput } from './stream-input.ts';

export function isNamedPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/**
 * Lines from a named pipe (mkfifo). It is opened for writing too: so it neither waits for its first writer nor ends
 * with its last one, and a server that is restarted finds it as it was.
 */
export function openNamedPipe(path: string, consume: LineConsumer): Result<StreamInput, string> {
  if (!isNamedPipe(path)) return err(`"${path}" is no named pipe; make one: mkfifo ${path}`);
  const stream = openPipe(path);
  if (!stream.ok) return stream;
  const input = followStream(stream.value, consume);
  return ok({
    ...input,
    close: () => {
      input.close();
      stream.value.destroy();
    },
  });
}

function openPipe(path: string): Result<Socket, string> {
  try {
    // Not fs.createReadStream: reading a pipe would keep one of libuv's four threads waiting.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    return ok(new Socket({ fd, readable: true, writable: false }).on('error', () => undefined));
  } catch (error) {
    return err(
      `cannot open "${path}": ${(error as Error).message}; the exporter must be able to write to it too`,
    );
  }
}
