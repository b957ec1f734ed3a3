import { type LineConsumer, longestLine } from './split-lines.ts';

const space = 0x20;
const full = 0x46;
const partial = 0x50;

/** Parts of a line whose end has not come. */
interface Parts {
  readonly kept: Buffer[];
  bytes: number;
}

/**
 * Unwraps container log files as kubelet has them written: `2026-11-21T03:18:00.1Z stdout F text`. A long line comes in
 * parts marked `P` and ends with one marked `F`; parts of stdout and stderr may alternate and are joined apart. Of a
 * line beyond the limit only the last part is handed on: it still counts as one line, which follows no format.
 */
export function createCriUnwrapper(consume: LineConsumer, limit = longestLine): LineConsumer {
  const unfinished: Record<string, Parts> = {};
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
    const before = unfinished[key];
    if (bytes[tag] === partial) {
      unfinished[key] = addPart(before, bytes.subarray(text, end), limit);
    } else if (before === undefined || bytes[tag] !== full) {
      consume(bytes, text, end);
    } else {
      delete unfinished[key];
      const joined = Buffer.concat([...before.kept, bytes.subarray(text, end)]);
      consume(joined, 0, joined.length);
    }
  };
}

function addPart(parts: Parts = { kept: [], bytes: 0 }, part: Buffer, limit: number): Parts {
  const bytes = parts.bytes + part.length;
  if (bytes > limit) return { kept: [], bytes };
  parts.kept.push(Buffer.from(part));
  return { kept: parts.kept, bytes };
}
