import type { FileHandle } from 'node:fs/promises';
import { hashBytes, lastBytes, maximumHeadBytes, maximumMarkerBytes } from './file-place.ts';
import type { Sibling } from './log-siblings.ts';
import { openRegular, readAt } from './open-regular.ts';
import { ArchiveError, readRecordedSize, unpack } from './packing.ts';

/**
 * What a rotated file is recognised by: its key while it is only renamed, its beginning and size after it was packed,
 * unpacked or packed again. Stored in the checkpoint as JSON.
 */
export interface FileMark {
  readonly key: string;
  readonly headBytes: number;
  readonly headHash: string;
  /** Unpacked size. Null if an archive does not record it. */
  readonly bytes: number | null;
}

/** @returns undefined if the file cannot be read or unpacked */
export async function readMark(file: Sibling): Promise<FileMark | undefined> {
  try {
    const head = await readHead(file);
    const bytes = file.packing === undefined ? file.size : await recordedSize(file);
    return { key: file.key, headBytes: head.length, headHash: hashBytes(head), bytes };
  } catch {
    return undefined;
  }
}

async function recordedSize({ path, packing }: Sibling): Promise<number | null> {
  return packing === 'gzip' ? ((await readRecordedSize(path)) ?? null) : null;
}

async function readHead({ path, packing }: Sibling): Promise<Buffer> {
  if (packing !== undefined) return readHeadOfArchive(path, packing);
  const handle = await openRegular(path);
  try {
    return await readAt(handle, 0, maximumHeadBytes);
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
    head = Buffer.concat([head, bytes.subarray(0, maximumHeadBytes - head.length)]);
    if (head.length === maximumHeadBytes) break;
  }
  return head;
}

/** Whether an archive holds the file that was marked. Files may begin alike, so their unpacked sizes decide. */
export async function isPackedFrom(archive: MarkedFile, known: FileMark): Promise<boolean> {
  const { file, mark } = archive;
  if (mark.headHash !== known.headHash || mark.headBytes !== known.headBytes) return false;
  if (mark.bytes === null || known.bytes === null || mark.bytes === known.bytes) return true;
  // gzip records the size modulo 4 GiB, and only that of the last part. A difference is checked by unpacking.
  const { bytes } = await scanArchive(file);
  return bytes === known.bytes;
}

/** Whether a copy or archive holds the beginning of an open file, which may have grown since. */
export async function isBeginningOf(
  { file, mark }: MarkedFile,
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
    return await readAt(handle, Math.max(0, size - maximumMarkerBytes), size);
  } finally {
    await handle.close();
  }
}

/** A copy or an archive, with its mark. */
export interface MarkedFile {
  readonly file: Sibling;
  readonly mark: FileMark;
}

/** Returns the unpacked size and the last bytes of a copy or archive. Of a broken archive: of what can be unpacked. */
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
  return { bytes: length, tail: tail.subarray(-maximumMarkerBytes) };
}
