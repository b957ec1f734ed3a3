import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nginxDefault } from '../../src/audit/nginx-defaults.ts';
import { checkKeepaliveFlags } from '../../src/cli/check-keepalive-flags.ts';
import { chainRules } from '../../src/derive/compare-links.ts';
import { keepaliveRules } from '../../src/derive/keepalive-findings.ts';
import { repository } from '../support/doc-blocks.ts';

const page = readFileSync(join(repository, 'docs/check-keepalive.md'), 'utf8');

test('docs/check-keepalive.md lists each finding with its severity, in order, and no other', () => {
  const listed = [...page.matchAll(/^\| `([\w-]+)` \| (error|warning|info) \|/gm)];
  const rules = [...keepaliveRules, ...chainRules];
  expect(listed.map(([, id, severity]) => ({ id, severity }))).toEqual(
    rules.map(({ id, severity }) => ({ id, severity })),
  );
});

test('docs/check-keepalive.md has the defaults of the flags', () => {
  for (const name of ['max-wait', 'max-requests', 'connections', 'timeout'] as const) {
    expect(page).toContain(`| \`--${name}\` | ${checkKeepaliveFlags[name].default} |`);
  }
});

test('as it stands check-keepalive asks more often than nginx allows on one connection', () => {
  const stock = Number(nginxDefault('keepalive_requests', '1.28.0'));
  expect(Number(checkKeepaliveFlags['max-requests'].default)).toBeGreaterThan(stock);
});
