import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createSafeWrite } from '../../src/cli/safe-write.ts';

test('createSafeWrite() continues when a pipe no longer has a reader', async () => {
  let attempts = 0;
  const pipe = new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => {
      attempts += 1;
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const write = createSafeWrite(pipe);
  write('one\n');
  await new Promise((resolve) => setImmediate(resolve));
  write('two\n');
  expect(attempts).toBeGreaterThan(0);
});

test('E1 createSafeWrite() goes on when the disk is full', () => {
  const file = new Writable({
    write: () => {
      throw Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    },
  });
  expect(() => createSafeWrite(file)('one\n')).not.toThrow();
});
