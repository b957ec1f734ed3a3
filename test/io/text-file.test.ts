import { expect, test } from 'vitest';
import { openTextFile } from '../../src/io/text-file.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';

test('B14 openTextFile() leaves no file open when it cannot be read', async () => {
  // A regular file of 4096 bytes. Reading it is an error for a network device that has no speed, as on a broken disk.
  const file = '/sys/devices/virtual/net/lo/speed';
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(openTextFile(file, 10)).rejects.toThrow('EINVAL');
  }
  expect(descriptorsIn('/sys/devices/virtual/net/lo')).toBe(0);
});
