import { expect, test } from 'vitest';
import { abortable } from '../../src/io/abortable.ts';

test('A1 E1 abortable() ends the wait for a file that does not answer', async () => {
  const hang = new Promise<never>(() => undefined);
  const before = abortable(hang, AbortSignal.abort(new Error('too late')));
  await expect(before).rejects.toThrow('too late');
  const deadline = new AbortController();
  const during = abortable(hang, deadline.signal);
  deadline.abort(new Error('later'));
  await expect(during).rejects.toThrow('later');
});

test('abortable() hands results and errors on', async () => {
  const { signal } = new AbortController();
  expect(await abortable(Promise.resolve(1), signal)).toBe(1);
  await expect(abortable(Promise.reject(new Error('no file')), signal)).rejects.toThrow('no file');
});
