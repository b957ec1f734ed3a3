import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { readMemoryFlags } from '../../tools/memory-flags.ts';

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const read = (name: string) => readFileSync(join(deploy, name), 'utf8');

test('compose mounts only what exists, and its exporter accepts its configuration', () => {
  const { services } = parse(read('compose/compose.yml')) as {
    services: Record<string, { volumes?: string[] }>;
  };
  const sources = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.map((volume) => volume.split(':')[0] ?? ''),
  );
  for (const source of sources)
    expect(existsSync(join(deploy, 'compose', source)), source).toBe(true);
  expect(parseConfig(read('compose/exporter.yml'))).toMatchObject({ ok: true });
  expect(parseNginxConfig(read('compose/nginx/nginx.conf'))).toMatchObject({ ok: true });
});

test('the image is pinned to a base and runs as a user that is a number, without a shell between it and SIGTERM', () => {
  const lines = read('docker/Dockerfile').split('\n');
  expect(lines).toContain('USER 65532:65532');
  expect(lines.find((line) => line.startsWith('ARG BASE='))).toMatch(/@sha256:[0-9a-f]{64}$/);
  expect(lines.find((line) => line.startsWith('ENTRYPOINT'))).toMatch(
    /^ENTRYPOINT \["node", .*"keepalive-exporter\.mjs"\]$/,
  );
});

test.each([
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'CapabilityBoundingSet=',
  'MemoryDenyWriteExecute',
])('the unit is hardened: %s', (line) => {
  const unit = read('systemd/keepalive-exporter.service');
  // Node.js makes code as it runs: this one setting would end it at once.
  if (line === 'MemoryDenyWriteExecute') expect(unit).not.toContain(line);
  else expect(unit.split('\n')).toContain(line);
});

test('image and unit run Node.js with the same flags, which do not limit the heap', () => {
  const flags = readMemoryFlags(fileURLToPath(new URL('../../', import.meta.url)));
  expect(flags.length).toBeGreaterThan(2);
  const [, unit = ''] =
    /^ExecStart=\/usr\/bin\/node (.*) \/usr\/lib/m.exec(
      read('systemd/keepalive-exporter.service'),
    ) ?? [];
  expect(unit.split(' ')).toEqual(flags);
  // A thousand targets need more than one does, and a process that reaches its limit is gone.
  expect(flags.join()).not.toContain('max-old-space-size');
});
