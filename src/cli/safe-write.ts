import type { Writable } from 'node:stream';

/**
 * Writes text to a stream whose reader may be gone or whose disk may be full. Neither may end the exporter: a line of
 * the log that is lost is less than all metrics lost. Files throw at once, pipes and sockets emit `error`.
 */
export function createSafeWrite(stream: Writable): (text: string) => void {
  stream.on('error', () => undefined);
  return (text) => {
    try {
      stream.write(text);
    } catch {
      // Nowhere is left to say it.
    }
  };
}
