import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { readMallocSettings, readMemoryFlags } from '../../tools/memory-flags.ts';

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

test('the image has a pinned base and a numeric user, and receives SIGTERM without a shell', () => {
  const lines = read('docker/Dockerfile').split('\n');
  expect(lines).toContain('USER 65532:65532');
  expect(lines.find((line) => line.startsWith('ARG BASE='))).toMatch(/@sha256:[0-9a-f]{64}$/);
  expect(lines.find((line) => line.startsWith('ENTRYPOINT'))).toMatch(
    /^ENTRYPOINT \["node", .*"keepalive-exporter\.mjs"\]$/,
  );
});

test.each(['NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet='])(
  'the unit is hardened: %s',
  (line) => {
    expect(read('systemd/keepalive-exporter.service').split('\n')).toContain(line);
  },
);

test('the unit does not deny memory that is written and executed: Node.js compiles code as it runs', () => {
  expect(read('systemd/keepalive-exporter.service')).not.toContain('MemoryDenyWriteExecute');
});

const repository = fileURLToPath(new URL('../../', import.meta.url));

test('image, unit and npm scripts run Node.js with the same flags, which do not limit the heap', () => {
  const flags = readMemoryFlags(repository);
  expect(flags.length).toBeGreaterThan(2);
  const [, unit = ''] =
    /^ExecStart=\/usr\/bin\/node (.*) \/usr\/lib/m.exec(
      read('systemd/keepalive-exporter.service'),
    ) ?? [];
  expect(unit.split(' ')).toEqual(flags);
  const { scripts } = JSON.parse(read('../package.json')) as { scripts: Record<string, string> };
  for (const name of ['start', 'demo'])
    expect(scripts[name]).toBe(
      `exec node ${flags.join(' ')} dist/main.js ${name.replace('start', 'serve')}`,
    );
  // The heap grows with the number of targets, and a process that reaches its limit ends.
  expect(flags.join()).not.toContain('max-old-space-size');
});

test('the unit runs only Node.js and the shell, which a minimal Debian has', () => {
  const commands = [...read('systemd/keepalive-exporter.service').matchAll(/^Exec\w+=(\S+)/gm)];
  expect(commands.map(([, path]) => path)).toEqual(['/usr/bin/node', '/bin/sh']);
});

test('image and unit have the same settings for malloc', () => {
  const settings = Object.entries(readMallocSettings(repository));
  expect(settings.length).toBe(2);
  const lines = read('systemd/keepalive-exporter.service').split('\n');
  expect(lines).toContain(
    `Environment=${settings.map(([name, value]) => `${name}=${value}`).join(' ')}`,
  );
});

test('no manifest, template or compose file replaces the entry point of the image, which has the flags', () => {
  const texts = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:ya?ml|tpl)$/.test(name),
  );
  expect(texts).toContain('kubernetes/sidecar-patch.yaml');
  expect(texts).toContain('helm/keepalive-exporter/templates/_container.tpl');
  for (const name of texts) {
    // `command` of compose is CMD of an image.
    if (!name.startsWith('compose/')) expect(read(name), name).not.toMatch(/^\s*(?:- )?command:/m);
    expect(read(name), name).not.toMatch(/entrypoint:|NODE_OPTIONS|MALLOC_/);
  }
});
