import { describe, expect, test } from 'vitest';
import { parseMemoryGroup, parseMemoryGroupPath } from '../../src/parse/memory-group.ts';

describe('parseMemoryGroupPath()', () => {
  const unit = '/system.slice/apache2.service';
  test.each([
    [`0::${unit}\n`, { version: 2, path: unit }],
    ['0::/\n', { version: 2, path: '/' }],
    ['0::/../cri-containerd-1.scope\n', { version: 2, path: '/../cri-containerd-1.scope' }],
    [`9:name=systemd:/a\n4:memory:${unit}\n0::/b\n`, { version: 1, path: unit }],
    [`4:cpu,memory,pids:${unit}\n`, { version: 1, path: unit }],
    ['3:memorymax:/a\n', undefined],
    ['', undefined],
    ['not a table', undefined],
  ])('%j is %j', (text, found) => {
    expect(parseMemoryGroupPath(text)).toEqual(found);
  });
});

describe('parseMemoryGroup()', () => {
  test('takes the smaller of memory.max and memory.high', () => {
    const texts = { limits: ['900\n', '800\n', ''], used: '500\n', stat: 'inactive_file 100\n' };
    expect(parseMemoryGroup(texts)).toEqual({
      limitBytes: 800,
      usedBytes: 500,
      inactiveFileBytes: 100,
    });
  });

  test.each(['max\n', '9223372036854771712\n', '', 'many'])(
    '%j means that there is no limit',
    (limit) => {
      expect(parseMemoryGroup({ limits: [limit], used: '500\n', stat: '' })).toEqual({
        usedBytes: 500,
      });
    },
  );

  test('of version 1 it counts the cache of the groups below', () => {
    const stat = 'inactive_file 1\ntotal_inactive_file 70\n';
    expect(parseMemoryGroup({ limits: [], used: '', stat })).toEqual({ inactiveFileBytes: 70 });
  });
});
