import { open } from 'node:fs/promises';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';

/** A buffer that readers of large /proc files share between reads; it grows to what it had to hold and stays so. */
export interface ReusedBuffer {
  bytes: Uint8Array;
}

export function buildReusedBuffer(initialBytes = 64 * 1024): ReusedBuffer {
  return { bytes: new Uint8Array(initialBytes) };
}

/**
 * Reads a file of unknown size to its end. Files of /proc say they have 0 bytes and hand out a page at a time, so it is
 * read until nothing comes. The answer is a view of the buffer: it holds until the buffer's next use.
 */
export async function readWholeFile(
  path: string,
  buffer: ReusedBuffer,
): Promise<Result<Uint8Array, Absence>> {
  try {
    const file = await open(path);
    try {
      return ok(await readAll(file, buffer));
    } finally {
      await file.close();
    }
  } catch (error) {
    return err(absence(path, error));
  }
}

interface Readable {
  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: null,
  ): Promise<{ bytesRead: number }>;
}

async function readAll(file: Readable, buffer: ReusedBuffer): Promise<Uint8Array> {
  let length = 0;
  for (;;) {
    if (length === buffer.bytes.length) buffer.bytes = grown(buffer.bytes);
    const room = buffer.bytes.length - length;
    const { bytesRead } = await file.read(buffer.bytes, length, room, null);
    if (bytesRead === 0) return buffer.bytes.subarray(0, length);
    length += bytesRead;
  }
}

function grown(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** Says why a file of the machine cannot be read. Other errors than these are told with the system's own word. */
export function absence(path: string, error: unknown): Absence {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'not_permitted',
        subject: path,
        detail: `the exporter may not read it (${code})`,
      };
    case 'ENOENT':
    case 'ESRCH':
      return { kind: 'not_found', subject: path, detail: `there is no such file (${code})` };
    default:
      return { kind: 'unreadable', subject: path, detail: `reading failed (${code})` };
  }
}
