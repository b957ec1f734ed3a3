import { open } from 'node:fs/promises';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import { errorCode } from './explain-access.ts';

/** A buffer that is reused for reading large /proc files. It grows to the largest file and stays that large. */
export interface ReusedBuffer {
  bytes: Uint8Array;
}

export function buildReusedBuffer(initialBytes = 64 * 1024): ReusedBuffer {
  return { bytes: new Uint8Array(initialBytes) };
}

/**
 * Reads a file of unknown size to its end. Files of /proc report a size of 0 and return a page at a time, so reading
 * continues until a read returns nothing. The result is a view of the buffer, valid until the buffer's next use.
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

/** Explains why a file of the machine cannot be read. Other errors are reported with the code of the system. */
export function absence(path: string, error: unknown): Absence {
  const code = errorCode(error) ?? 'unknown error';
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
      return { kind: 'not_found', subject: path, detail: `the file does not exist (${code})` };
    default:
      return { kind: 'unreadable', subject: path, detail: `reading failed (${code})` };
  }
}
