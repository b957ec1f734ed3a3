import type { Readable } from 'node:stream';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import type { SourceStats } from '../snapshot/log-source.ts';

export interface StreamInput {
  stats(): SourceStats;
  close(): void;
}

/** Lines from standard input or a named pipe. What is read is gone: nothing is taken up after a crash. */
export function followStream(stream: Readable, consume: LineConsumer): StreamInput {
  const splitter = createLineSplitter();
  let readBytes = 0;
  const take = (chunk: Buffer): void => {
    readBytes += chunk.length;
    splitter.push(chunk, consume);
  };
  stream.on('data', take);
  return {
    stats: () => ({
      readBytes,
      skippedBytes: 0,
      lagBytes: splitter.pending(),
      rotations: 0,
      tooLongLines: splitter.tooLong(),
    }),
    close: () => stream.off('data', take).pause(),
  };
}
