import { expect, test } from 'vitest';
import { buildRecord, parseRecord } from '../../src/pipeline/checkpoint-record.ts';

test('parseRecord() keeps the error events that are counted, and drops those of another version', () => {
  const saved = { errorEvents: {}, places: {}, removedSince: null, unreadSince: {} };
  const text = JSON.stringify(buildRecord({ shop: saved })).replace(
    '"errorEvents":{}',
    '"errorEvents":{"scoreboard_full":2,"of_another_version":7}',
  );
  const read = parseRecord(JSON.parse(text));
  expect(read.ok && read.value['shop']?.errorEvents).toEqual({ scoreboard_full: 2 });
});
