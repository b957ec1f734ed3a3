import type { Readable } from 'node:stream';
import { createLineSplitter, type LineConsumer, type LineSplitter } from '../parse/split-lines.ts';
import {
  isReading,
  noSourceStats,
  type SourceCondition,
  type SourceStats,
} from '../snapshot/log-source.ts';
import type { LogInput } from './log-input.ts';

/** The state of a stream, which outlives its input: a reload may remove standard input and add it again later. */
interface Tap {
  readonly splitter: LineSplitter;
  readBytes: number;
  condition: SourceCondition;
}

const taps = new WeakMap<Readable, Tap>();

/** Reads lines from standard input or a named pipe. After a crash no line can be read a second time. */
export function openStreamInput(stream: Readable, consume: LineConsumer): LogInput {
  const tap = taps.get(stream) ?? tapStream(stream);
  const take = (chunk: Buffer): void => {
    tap.readBytes += chunk.length;
    tap.splitter.push(chunk, consume);
  };
  // A stream that was paused does not start to flow when a listener is added.
  stream.on('data', take).resume();
  return {
    check: () => Promise.resolve(false),
    condition: () => tap.condition,
    stats: () => Promise.resolve(streamStats(tap)),
    place: () => Promise.resolve(undefined),
    close: () => {
      stream.off('data', take).pause();
      return Promise.resolve();
    },
  };
}

function tapStream(stream: Readable): Tap {
  const tap: Tap = { splitter: createLineSplitter(), readBytes: 0, condition: isReading };
  taps.set(stream, tap);
  stream.once('end', () => {
    tap.condition = {
      reason: 'ended',
      remedy: 'its writer has closed it; restart the exporter together with the writer',
    };
  });
  stream.on('error', (error) => {
    tap.condition = { reason: 'cannot_open', remedy: `cannot be read: ${error.message}` };
  });
  return tap;
}

function streamStats({ readBytes, splitter }: Tap): SourceStats {
  return {
    ...noSourceStats,
    readBytes,
    lagBytes: splitter.pending(),
    tooLongLines: splitter.tooLong(),
  };
}
