import type { FileHandle } from 'node:fs/promises';
import { hashBytes, lastBytes, longestHead, longestMarker } from './file-place.ts';
import type { Sibling } from './log-siblings.ts';
import { openRegular, readAt } from './open-regular.ts';
import { ArchiveError, readNotedSize, unpack } from './packing.ts';

/**
 * What tells a rotated file again: by its key while it only is renamed, by its beginning and size once it has been
 * packed, unpacked or packed in another way. Survives as JSON.
 */
export interface FileMark {
  readonly key: string;
  readonly headBytes: number;
  readonly headHash: string;
  /** Unpacked; null where an archive does not note it. */
  readonly bytes: number | null;
}

/** @returns undefined for what cannot be read or unpacked */
export async function readMark(file: Sibling): Promise<FileMark | undefined> {
  try {
    const head = await readHead(file);
    const bytes = file.packing === undefined ? file.size : await notedSize(file);
    return { key: file.key, headBytes: head.length, headHash: hashBytes(head), bytes };
  } catch {
    return undefined;
  }
}

async function notedSize({ path, packing }: Sibling): Promise<number | null> {
  return packing === 'gzip' ? ((await readNotedSize(path)) ?? null) : null;
}

async function readHead({ path, packing }: Sibling): Promise<Buffer> {
  if (packing !== undefined) return readHeadOfArchive(path, packing);
  const handle = await openRegular(path);
  try {
    return await readAt(handle, 0, longestHead);
  } finally {
    await handle.close();
  }
}

async function readHeadOfArchive(
  path: string,
  packing: NonNullable<Sibling['packing']>,
): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  for await (const { bytes } of unpack(path, packing)) {
    head = Buffer.concat([head, bytes.subarray(0, longestHead - head.length)]);
    if (head.length === longestHead) break;
  }
  return head;
}

/** Whether an archive holds what was marked. Files may begin alike: then their sizes decide, counted if need be. */
export async function isPackedFrom(archive: MarkedArchive, known: FileMark): Promise<boolean> {
  const { file, mark } = archive;
  if (mark.headHash !== known.headHash || mark.headBytes !== known.headBytes) return false;
  if (mark.bytes === null || known.bytes === null || mark.bytes === known.bytes) return true;
  // A noted size is modulo 4 GiB, and of the last part only.
  const { bytes } = await scanArchive(file);
  return bytes === known.bytes;
}

/** Whether a copy or archive holds the beginning of a file that is open, to which its writer may have added since. */
export async function isPackedFromOpen(
  { file, mark }: MarkedArchive,
  handle: FileHandle,
): Promise<boolean> {
  const head = await readAt(handle, 0, mark.headBytes);
  if (head.length !== mark.headBytes || hashBytes(head) !== mark.headHash) return false;
  const { bytes, tail } = await scanArchive(file);
  const same = await readAt(handle, bytes - tail.length, bytes);
  return same.equals(tail);
}

async function readTail(path: string, size: number): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    return await readAt(handle, Math.max(0, size - longestMarker), size);
  } finally {
    await handle.close();
  }
}

export interface MarkedArchive {
  readonly file: Sibling;
  readonly mark: FileMark;
}

/** The size of what a copy or archive holds, and its end; of a broken one of what can be unpacked. */
async function scanArchive({ path, packing, size }: Sibling) {
  if (packing === undefined) return { bytes: size, tail: await readTail(path, size) };
  let length = 0;
  let tail: Buffer = Buffer.alloc(0);
  try {
    for await (const { bytes } of unpack(path, packing ?? 'unreadable')) {
      length += bytes.length;
      tail = lastBytes(tail, bytes);
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
  }
  return { bytes: length, tail: tail.subarray(-longestMarker) };
}
