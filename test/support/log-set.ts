import { createSocket } from 'node:dgram';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { CheckpointStore } from '../../src/io/checkpoint-store.ts';
import { createLogSet } from '../../src/pipeline/log-set.ts';
import { ok } from '../../src/result.ts';

export const line = '"GET / HTTP/1.1" 200\n';
export const format = '"$request" $status';
export const otherFormat = '"$request" $status $missing';

export async function createDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'log-set-'));
  await chmod(path, 0o755);
  onTestFinished(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return path;
}

/** A configuration with these log sources (YAML) for one target; more targets may be given. */
export function configOf(
  accessLogs: string,
  { errorLogs = '', more = '', start = 'beginning', checkpoint = '', name = 'shop' } = {},
) {
  const parsed = parseConfig(`
targets:
  - {name: ${name}, server: nginx, status_url: "http://127.0.0.1:1/", access_logs: [${accessLogs}], error_logs: [${errorLogs}]}
  ${more}
logs: {start: ${start}}
${checkpoint}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

export const withoutLogs = configOf('');

export function createLogs(stdin = new PassThrough(), openFilesLimit?: number) {
  const messages: string[] = [];
  const note = (message: string, fields: object = {}) =>
    messages.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: note, info: note, warn: note, error: note };
  const logs = createLogSet({ stdin, openFilesLimit, log, now: () => Date.now() / 1000 });
  onTestFinished(() => logs.close());
  return {
    logs,
    messages,
    stdin,
    lines: (target = 'shop') => {
      const access = logs.view(target)?.access;
      return (access?.linesParsed ?? 0) + (access?.linesUnparsed ?? 0);
    },
    condition: () => logs.view('shop')?.sources[0]?.condition,
  };
}

/** A store that keeps its record as a file would: as JSON. */
export function memoryStore(): CheckpointStore & { fail(times: number): void } {
  let text: string | undefined;
  let left = 0;
  return {
    read: () => Promise.resolve(ok(text === undefined ? undefined : JSON.parse(text))),
    fail: (times) => {
      left = times;
    },
    write: (record) => {
      if (left-- > 0) return Promise.reject(new Error('ENOSPC: no space left on device'));
      text = JSON.stringify(record);
      return Promise.resolve();
    },
    isHeld: () => Promise.resolve(true),
    release: () => Promise.resolve(),
  };
}

export async function send(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) =>
      socket.send(`<190>Nov 20 21:38:02 h t: ${line}`, port, '127.0.0.1', resolve),
    );
  }
  socket.close();
}
