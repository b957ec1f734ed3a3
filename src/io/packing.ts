import { type Readable, Transform } from 'node:stream';
import zlib from 'node:zlib';
import { messageOf } from '../result.ts';
import { openRegular } from './open-regular.ts';

/** How a rotated file is packed. `unreadable`: this Node.js cannot unpack it. */
export type Packing = 'gzip' | 'zstd' | 'unreadable';

/** An archive is incomplete or broken, or unpacks to more than a log can. */
export class ArchiveError extends Error {}

/** Name endings of packed files. */
const endings: readonly (readonly [RegExp, Packing])[] = [
  [/\.gz$/, 'gzip'],
  [/\.zst$/, 'zstd'],
  [/\.(?:bz2|xz|lz4)$/, 'unreadable'],
];

export interface PackedName {
  /** The name without the ending. */
  readonly name: string;
  readonly packing?: Packing;
}

export function readPackedName(name: string): PackedName {
  const found = endings.find(([ending]) => ending.test(name));
  if (found === undefined) return { name };
  const [ending, packing] = found;
  const isMissing = packing === 'zstd' && createZstd() === undefined;
  return { name: name.replace(ending, ''), packing: isMissing ? 'unreadable' : packing };
}

/** Log lines are packed to between a fifth and a fiftieth. An archive of zeros would take hours to unpack. */
const maximumRatio = 200;
/** Any archive is unpacked up to this size, whatever its ratio. */
const alwaysUnpackedBytes = 64 * 1024 * 1024;
const pieceBytes = 64 * 1024;

export interface Unpacked {
  readonly bytes: Buffer;
  /** Bytes of the archive that were read so far. */
  readonly packedBytes: number;
}

/**
 * Unpacks an archive piece by piece. Only a few pieces are in memory at a time.
 *
 * @throws ArchiveError after the last piece that could be unpacked
 */
export async function* unpack(path: string, packing: Packing): AsyncGenerator<Unpacked> {
  const handle = await openRegular(path);
  try {
    const { size } = await handle.stat();
    const source = handle.createReadStream({ autoClose: false, highWaterMark: pieceBytes });
    let length = 0;
    for await (const bytes of pieces(source, packing)) {
      length += bytes.length;
      if (length > alwaysUnpackedBytes && length > size * maximumRatio) {
        throw new ArchiveError(`it unpacks to more than ${maximumRatio} times its size`);
      }
      yield { bytes, packedBytes: source.bytesRead };
    }
  } finally {
    await handle.close();
  }
}

async function* pieces(source: Readable, packing: Packing): AsyncGenerator<Buffer> {
  const unpacker = createUnpacker(packing);
  source.on('error', (error) => unpacker.destroy(error));
  source.pipe(unpacker);
  try {
    for await (const piece of unpacker) if (Buffer.isBuffer(piece)) yield piece;
  } catch (error) {
    throw new ArchiveError(messageOf(error));
  } finally {
    source.destroy();
    unpacker.destroy();
  }
}

function createUnpacker(packing: Packing): Transform {
  const unpacker = packing === 'zstd' ? createZstd() : zlib.createGunzip({ chunkSize: pieceBytes });
  if (packing === 'unreadable' || unpacker === undefined) {
    throw new ArchiveError('this version of Node.js cannot unpack it');
  }
  return unpacker;
}

/** ZSTD_d_windowLogMax. Archives made with --long would need up to 2 GiB of memory. */
const zstdWindowLogMax = 100;
const maximumWindowLog = 23;

/** Undefined before Node.js 22.15. */
function createZstd(): Transform | undefined {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create !== 'function') return undefined;
  const params = { [zstdWindowLogMax]: maximumWindowLog };
  const unpacker: unknown = create({ chunkSize: pieceBytes, params });
  return unpacker instanceof Transform ? unpacker : undefined;
}

/** Returns the unpacked size that gzip records at the end, modulo 4 GiB. Of several parts only that of the last one. */
export async function readRecordedSize(path: string): Promise<number | undefined> {
  const handle = await openRegular(path);
  try {
    const { size } = await handle.stat();
    if (size < 18) return undefined;
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, size - 4);
    return buffer.readUInt32LE(0);
  } finally {
    await handle.close();
  }
}
