import { describe, expect, test } from 'vitest';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import type { NginxStatus } from '../../src/snapshot/nginx-status.ts';

const status: NginxStatus = {
  kind: 'nginx',
  active: 110,
  reading: 2,
  writing: 8,
  waiting: 100,
  accepts: 1,
  handled: 1,
  requests: 1,
};

describe('deriveNginxSlots()', () => {
  test('idle keep-alive connections count for occupancy, not for saturation', () => {
    const figures = deriveNginxSlots(status, { slots: 128, slotsSource: 'config_file' });
    expect(figures).toMatchObject({
      keepaliveModel: 'reclaimable',
      keepaliveOccupancy: 100 / 128,
      workerSaturation: 10 / 128,
      connectionOccupancy: 110 / 128,
    });
    expect(Object.fromEntries(figures.groups[0]?.counts ?? [])).toEqual({
      reading: 2,
      writing: 8,
      keepalive: 100,
      free: 18,
    });
    expect(figures.groups[0]?.limit).toEqual({ value: 128, source: 'config_file' });
  });

  test('without a known limit the ratios, the limit and the free slots are absent', () => {
    const figures = deriveNginxSlots(status, {});
    expect(Object.keys(figures).sort()).toEqual(['groups', 'keepaliveModel']);
    expect(figures.groups[0]?.counts.has('free')).toBe(false);
  });

  test('HTTP/2 streams are no connections: the states sum to the limit', () => {
    const figures = deriveNginxSlots({ ...status, writing: 500 }, { slots: 128 });
    const counts = [...(figures.groups[0]?.counts.values() ?? [])];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(128);
    expect(figures.groups[0]?.counts.get('free')).toBe(18);
  });

  test('waiting ahead of active for a moment is saturation 0', () => {
    expect(deriveNginxSlots({ ...status, active: 99 }, { slots: 128 }).workerSaturation).toBe(0);
  });

  test('a gauge that was left out leaves its figures absent', () => {
    const { waiting: _, ...withoutWaiting } = status;
    const figures = deriveNginxSlots(withoutWaiting, { slots: 128 });
    expect(figures.keepaliveOccupancy).toBeUndefined();
    expect(figures.workerSaturation).toBeUndefined();
    expect(figures.connectionOccupancy).toBe(110 / 128);
  });
});
