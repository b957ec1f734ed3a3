import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const text = readFileSync(new URL('../../docs/plan.md', import.meta.url), 'utf8');

test('docs/plan.md shows what plan prints', async () => {
  const [, flags = '', output = ''] =
    /\$ keepalive-exporter (plan .*)\n([^`]*)```/.exec(text) ?? [];
  expect((await runCli(flags.split(' '))).stdout).toBe(output);
});

test('each figure in the table of docs/plan.md is printed by its command', async () => {
  const rows = [...text.matchAll(/^\|[^|]+\| `(plan [^`]+)` \| ([^|]+) \|$/gm)];
  expect(rows).toHaveLength(5);
  for (const [, command = '', answer = ''] of rows) {
    const { stdout } = await runCli(command.split(' '));
    for (const figure of answer.match(/\d[\d.,]*\d/g) ?? []) expect(stdout).toContain(figure);
  }
});
