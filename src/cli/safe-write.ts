import type { Writable } from 'node:stream';

/**
 * Writes text to a stream whose reader may be gone or whose disk may be full. Neither ends the exporter: losing a log
 * line is better than losing all metrics. Files throw at once; pipes and sockets emit `error`.
 */
export function createSafeWrite(stream: Writable): (text: string) => void {
  stream.on('error', () => undefined);
  return (text) => {
    try {
      stream.write(text);
    } catch {
      // There is no other stream to report it on.
    }
  };
}
