import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sibling } from './log-siblings.ts';
import { openRegular, readAt } from './open-regular.ts';
import { ArchiveError, unpack } from './packing.ts';

/** Where reading of a file stopped, and how to recognise the file by its content. Stored in the checkpoint as JSON. */
export interface FilePlace {
  readonly dev: number;
  readonly ino: number;
  /** Bytes of the whole lines that were handed on, counted unpacked. */
  readonly offset: number;
  /** Hash of the first `headBytes`. It is equal in a copy, and differs in another file that reuses the inode. */
  readonly headBytes: number;
  readonly headHash: string;
  /** Hash of the `markerBytes` before the offset. It differs in a file that was truncated and has grown again. */
  readonly markerBytes: number;
  readonly markerHash: string;
}

export const maximumHeadBytes = 1024;
export const maximumMarkerBytes = 256;

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
  const head = await readAt(handle, 0, Math.min(maximumHeadBytes, offset));
  const marker = await readAt(handle, offset - Math.min(maximumMarkerBytes, offset), offset);
  return buildPlace({ dev, ino, offset, head, marker });
}

/** Whether a file, a copy or an archive contains all bytes that had been read when a place was taken. */
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

/** Unpacks up to the place. An archive with another beginning is given up after its first piece. */
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

/** The last bytes of both together, copied because the buffer of the chunk is reused. */
export function lastBytes(before: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= maximumMarkerBytes) return Buffer.from(chunk.subarray(-maximumMarkerBytes));
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - maximumMarkerBytes));
}

export function hashBytes(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

/** Hash of the empty marker of a file of which nothing was read. Written out, because an exporter without logs needs no crypto. */
export const emptyHash = '47DEQpj8HBSa-_TImW-5JC';
