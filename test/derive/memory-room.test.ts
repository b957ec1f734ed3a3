import { expect, test } from 'vitest';
import { deriveMemoryRoom } from '../../src/derive/memory-room.ts';

const availableBytes = 8000;

test.each([
  ['without a group the machine ends it', [], { bytes: 8000, limitedBy: 'machine' }],
  [
    'a group without a limit changes nothing',
    [{ usedBytes: 500 }],
    { bytes: 8000, limitedBy: 'machine' },
  ],
  [
    'the limit of a group counts, less what the group uses',
    [{ limitBytes: 1000, usedBytes: 700 }],
    { bytes: 300, limitedBy: 'control group' },
  ],
  [
    'file cache that nobody uses is as good as free',
    [{ limitBytes: 1000, usedBytes: 700, inactiveFileBytes: 200 }],
    { bytes: 500, limitedBy: 'control group' },
  ],
  [
    'the tightest of nested groups counts',
    [
      { limitBytes: 1000, usedBytes: 100 },
      { limitBytes: 2000, usedBytes: 1900 },
    ],
    { bytes: 100, limitedBy: 'control group' },
  ],
  [
    'a group over its limit leaves nothing',
    [{ limitBytes: 1000, usedBytes: 1200 }],
    { bytes: 0, limitedBy: 'control group' },
  ],
  [
    'a group with more room than the machine does not count',
    [{ limitBytes: 90_000, usedBytes: 1 }],
    { bytes: 8000, limitedBy: 'machine' },
  ],
] as const)('deriveMemoryRoom(): %s', (_, groups, room) => {
  expect(deriveMemoryRoom({ availableBytes, groups })).toEqual(room);
});

test('deriveMemoryRoom() knows nothing where nothing could be read', () => {
  expect(deriveMemoryRoom({ groups: [{ usedBytes: 5 }] })).toBeUndefined();
});
