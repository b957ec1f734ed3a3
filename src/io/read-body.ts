import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** The largest status page has a scoreboard of a million slots. */
const maximumBodyBytes = 1024 * 1024;

/** Allows pieces of 64 bytes. A megabyte in pieces of one byte would cost a second of CPU time. */
const maximumPieces = 16_384;

/** The answer is larger, or comes in more pieces, than any status page. */
export class BodyTooLarge extends Error {}

/** Reads a complete body. Stops and rejects with BodyTooLarge when a limit is exceeded. */
export async function readBody(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  // An async loop would join the pieces that have arrived, so that they could not be counted.
  stream.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length > maximumBodyBytes)
      stream.destroy(new BodyTooLarge('the answer is larger than 1 MiB'));
    if (pieces.push(piece) > maximumPieces) {
      stream.destroy(new BodyTooLarge(`the answer comes in more than ${maximumPieces} pieces`));
    }
  });
  await finished(stream);
  return Buffer.concat(pieces, length);
}
