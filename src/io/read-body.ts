import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** A million scoreboard slots are legal; nothing a status page prints is larger than this. */
const longestBody = 1024 * 1024;

/** A page in pieces of 64 bytes still fits; a megabyte in chunks of one byte would cost a second of CPU. */
const mostPieces = 16_384;

/** More than is read of an answer. */
export class BodyTooLarge extends Error {}

/** A whole body. Rejects with BodyTooLarge, without reading on, once it is longer or in more pieces than any page. */
export async function readBody(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  // Not an async loop: that joins what has arrived, and pieces could not be counted.
  stream.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length > longestBody) stream.destroy(new BodyTooLarge('the answer is larger than 1 MiB'));
    if (pieces.push(piece) > mostPieces) {
      stream.destroy(new BodyTooLarge(`the answer comes in more than ${mostPieces} pieces`));
    }
  });
  await finished(stream);
  return Buffer.concat(pieces, length);
}
