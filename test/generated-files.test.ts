import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderGeneratedFiles } from '../tools/render-docs.ts';

test.each([...renderGeneratedFiles()])('%s is what npm run generate writes', (path, content) => {
  expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(content);
});
