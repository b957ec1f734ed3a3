import { describe, expect, it } from 'vitest';
import { renderSummary } from './summary-reporter.ts';

describe('renderSummary()', () => {
  it('renderSummary() names passed and failed only when nothing was skipped', () => {
    expect(renderSummary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });
});
