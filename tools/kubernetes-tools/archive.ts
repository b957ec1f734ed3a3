import { inflateRawSync } from 'node:zlib';

/** The end of a zip's directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16. */
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/** The content of one file in a zip archive, or undefined. Enough for archives under 4 GiB without encryption. */
export function readZipEntry(archive: Buffer, name: string): Buffer | undefined {
  const end = archive.lastIndexOf(uint32(endSignature));
  if (end < 0) throw new Error('not a zip archive: no directory at its end');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== entrySignature) throw new Error('zip directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    ) as [number, number, number];
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name)
      return unpack(archive, at);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return undefined;
}

function unpack(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const content = archive.subarray(start, start + size);
  if (method === 0) return content;
  if (method !== 8) throw new Error(`zip method ${method} is not supported: want 0 or 8`);
  return inflateRawSync(content);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The content of one file in a tar archive, or undefined. Enough for npm's packages. */
export function readTarEntry(archive: Buffer, name: string): Buffer | undefined {
  for (let at = 0; at + 512 <= archive.length; ) {
    const entry = text(archive.subarray(at, at + 100));
    const size = Number.parseInt(text(archive.subarray(at + 124, at + 136)), 8) || 0;
    if (entry === name) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}

function text(field: Buffer): string {
  return field.toString('latin1').replace(/\0.*$/s, '');
}
