import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { renderGeneratedFiles } from './render-docs.ts';

for (const [path, content] of renderGeneratedFiles()) {
  const file = new URL(`../${path}`, import.meta.url);
  mkdirSync(dirname(file.pathname), { recursive: true });
  writeFileSync(file, content);
  console.log(path);
}
