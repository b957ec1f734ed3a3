import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sibling } from './log-siblings.ts';
import { openRegular, readAt } from './open-regular.ts';
import { ArchiveError, unpack } from './packing.ts';

/** Where reading of a file stands, and how to recognise the file by its content. Survives as JSON. */
export interface FilePlace {
  readonly dev: number;
  readonly ino: number;
  /** Bytes of whole lines that have been handed on, counted unpacked. */
  readonly offset: number;
  /** Hash of the first `headBytes`: a copy has the same, another file of the same number has not. */
  readonly headBytes: number;
  readonly headHash: string;
  /** Hash of the `markerBytes` before the offset: a file that was written anew and regrew has another. */
  readonly markerBytes: number;
  readonly markerHash: string;
}

export const longestHead = 1024;
export const longestMarker = 256;

export interface PlaceParts {
  readonly dev: number;
  readonly ino: number;
  readonly offset: number;
  readonly head: Buffer;
  readonly marker: Buffer;
}

export function buildPlace({ dev, ino, offset, head, marker }: PlaceParts): FilePlace {
  return {
    dev,
    ino,
    offset,
    headBytes: head.length,
    headHash: hashBytes(head),
    markerBytes: marker.length,
    markerHash: hashBytes(marker),
  };
}

/** Reads head and marker of a file that is not packed. */
export async function readPlace(
  handle: FileHandle,
  { dev, ino, offset }: Pick<FilePlace, 'dev' | 'ino' | 'offset'>,
): Promise<FilePlace> {
  const head = await readAt(handle, 0, Math.min(longestHead, offset));
  const marker = await readAt(handle, offset - Math.min(longestMarker, offset), offset);
  return buildPlace({ dev, ino, offset, head, marker });
}

/** Whether a file is the one a place was taken in, a copy of it or packed from it, with all that had been read. */
export async function holdsPlace(
  { path, packing }: Pick<Sibling, 'path' | 'packing'>,
  place: FilePlace,
): Promise<boolean> {
  if (packing === undefined) return textHoldsPlace(path, place);
  if (packing === 'unreadable') return false;
  try {
    return await archiveHoldsPlace(path, { packing, place });
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

async function textHoldsPlace(path: string, place: FilePlace): Promise<boolean> {
  const handle = await openRegular(path).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { offset, headBytes, markerBytes } = place;
    if ((await handle.stat()).size < offset) return false;
    const head = await readAt(handle, 0, headBytes);
    const marker = await readAt(handle, offset - markerBytes, offset);
    return hashBytes(head) === place.headHash && hashBytes(marker) === place.markerHash;
  } finally {
    await handle.close();
  }
}

interface ArchivePlace {
  readonly packing: 'gzip' | 'zstd';
  readonly place: FilePlace;
}

/** Unpacks up to the place; of another file no more than its first piece. */
async function archiveHoldsPlace(path: string, { packing, place }: ArchivePlace): Promise<boolean> {
  const { offset, headBytes, markerBytes } = place;
  let at = 0;
  let head: Buffer = Buffer.alloc(0);
  let marker: Buffer = Buffer.alloc(0);
  for await (const { bytes } of unpack(path, packing)) {
    if (head.length < headBytes) {
      head = Buffer.concat([head, bytes.subarray(0, headBytes - head.length)]);
      if (head.length === headBytes && hashBytes(head) !== place.headHash) return false;
    }
    const before = bytes.subarray(0, Math.max(0, offset - at));
    marker = lastBytes(marker, before);
    at += bytes.length;
    if (at >= offset) break;
  }
  const isMarked = hashBytes(marker.subarray(marker.length - markerBytes)) === place.markerHash;
  return at >= offset && head.length === headBytes && isMarked;
}

/** A copy: the chunk's buffer is read into again. */
export function lastBytes(before: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= longestMarker) return Buffer.from(chunk.subarray(-longestMarker));
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - longestMarker));
}

export function hashBytes(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

/** Of a marker where nothing was read yet. */
export const emptyHash = hashBytes(Buffer.alloc(0));
