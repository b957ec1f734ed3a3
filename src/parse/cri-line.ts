import type { LineConsumer } from './split-lines.ts';

const space = 0x20;
const full = 0x46;
const partial = 0x50;

/**
 * Unwraps container log files as kubelet has them written: `2026-11-21T03:18:00.1Z stdout F text`. A long line comes in
 * parts marked `P` and ends with one marked `F`; parts of stdout and stderr may alternate and are joined apart.
 */
export function createCriUnwrapper(consume: LineConsumer): LineConsumer {
  const parts: Record<string, Uint8Array[]> = {};
  return (bytes, start, end) => {
    const stream = bytes.indexOf(space, start) + 1;
    const tag = stream === 0 ? 0 : bytes.indexOf(space, stream) + 1;
    const text = tag === 0 ? 0 : bytes.indexOf(space, tag) + 1;
    if (text === 0 || text > end) {
      // Not in the container format: handed on as it is, where it is counted as unparsed.
      consume(bytes, start, end);
      return;
    }
    // stdout and stderr differ in their fourth letter.
    const key = String(bytes[stream + 3]);
    const before = parts[key];
    if (bytes[tag] === partial) {
      parts[key] = [...(before ?? []), bytes.slice(text, end)];
    } else if (before === undefined || bytes[tag] !== full) {
      consume(bytes, text, end);
    } else {
      delete parts[key];
      const joined = Buffer.concat([...before, bytes.subarray(text, end)]);
      consume(joined, 0, joined.length);
    }
  };
}
