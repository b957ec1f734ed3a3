import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { InputPlace } from '../../src/io/log-input.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { keepTempDirectory } from '../support/keep.ts';

/** Writes as `rotatelogs -n 3` does: NAME, NAME.1, NAME.2, and NAME again, emptied. */
async function createRing() {
  const path = join(await keepTempDirectory('ring'), 'access.log');
  const seen: string[] = [];
  let written = 0;
  let turn = 0;
  const file = () => (turn % 3 === 0 ? path : `${path}.${turn % 3}`);
  await writeFile(path, '');
  return {
    seen,
    all: () => Array.from({ length: written }, (_, number) => `line ${number}`),
    write: () => appendFile(file(), `line ${written++}\n`),
    async rotate() {
      turn += 1;
      await writeFile(file(), '');
    },
    open(isRing: boolean, place?: InputPlace) {
      const input = openPathInput({
        pattern: path,
        consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
        start: 'beginning',
        isRing,
        ...(place === undefined ? {} : { place }),
      });
      onTestFinished(() => input.close());
      return input;
    },
  };
}

test('each line in a ring of files is read once, also through a restart', async () => {
  const ring = await createRing();
  let input = ring.open(true);
  for (let round = 0; round < 12; round++) {
    for (let line = 0; line <= round % 4; line++) await ring.write();
    while (await input.check());
    await ring.write();
    await ring.rotate();
    if (round === 5) {
      const place = await input.place();
      await input.close();
      await ring.write();
      input = ring.open(true, place);
    }
  }
  while (await input.check());
  expect(ring.seen.toSorted()).toEqual(ring.all().toSorted());
  expect(input.takeNotices?.()).toEqual([]);
});

test('a ring without "ring: true" is reported once, with the setting to write', async () => {
  const ring = await createRing();
  const input = ring.open(false);
  const notices: string[] = [];
  for (let round = 0; round < 12; round++) {
    for (let line = 0; line < 20 - round; line++) await ring.write();
    for (let check = 0; check < 4; check++) await input.check();
    await ring.rotate();
    for (let check = 0; check < 4; check++) await input.check();
    notices.push(...(input.takeNotices?.() ?? []));
  }
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain('write "ring: true"');
});
