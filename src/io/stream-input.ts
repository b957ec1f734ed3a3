import type { Readable } from 'node:stream';
import { createLineSplitter, type LineConsumer, type LineSplitter } from '../parse/split-lines.ts';
import {
  isReading,
  noSourceStats,
  type SourceCondition,
  type SourceStats,
} from '../snapshot/log-source.ts';
import type { LogInput } from './log-input.ts';

/** What of a stream outlives its input: standard input may be left and taken up again by reloads. */
interface Tap {
  readonly splitter: LineSplitter;
  readBytes: number;
  condition: SourceCondition;
}

const taps = new WeakMap<Readable, Tap>();

/** Lines from standard input or a named pipe. What is read is gone: nothing is taken up after a crash. */
export function openStreamInput(stream: Readable, consume: LineConsumer): LogInput {
  const tap = taps.get(stream) ?? tapStream(stream);
  const take = (chunk: Buffer): void => {
    tap.readBytes += chunk.length;
    tap.splitter.push(chunk, consume);
  };
  // A stream that was paused once does not flow again by itself.
  stream.on('data', take).resume();
  return {
    poll: () => Promise.resolve(false),
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
      remedy: 'its writer has closed it; restart the exporter with it',
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
