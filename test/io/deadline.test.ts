import { expect, test } from 'vitest';
import { startDeadline } from '../../src/io/deadline.ts';

test('startDeadline() aborts when the time is over, or with one of its sources', async () => {
  const { signal } = startDeadline(1, []);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  const source = new AbortController();
  const later = startDeadline(60_000, [undefined, source.signal]);
  expect(later.signal.aborted).toBe(false);
  source.abort();
  expect(later.signal.aborted).toBe(true);
  expect(startDeadline(60_000, [source.signal]).signal.aborted).toBe(true);
});

test('startDeadline() does not abort after it was closed', () => {
  const source = new AbortController();
  const deadline = startDeadline(60_000, [source.signal]);
  deadline.close();
  source.abort();
  expect(deadline.signal.aborted).toBe(false);
});
