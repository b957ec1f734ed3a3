import { expect, test } from 'vitest';
import { deriveNginxCapacity } from '../../src/derive/nginx-capacity.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';

function capacity(text: string, override = {}) {
  const parsed = parseNginxConfig(text);
  if (!parsed.ok) throw new Error(text);
  const { workerProcesses, workerConnections } = deriveNginxCapacity(parsed.value, {
    cpuCount: 6,
    override,
  });
  return [workerProcesses, workerConnections];
}

test.each([
  ['the defaults of nginx', '', [1, 512]],
  ['the defaults of nginx in an empty block', 'events {}', [1, 512]],
  ['the values of the file', 'worker_processes 4; events { worker_connections 1024; }', [4, 1024]],
  ['the smallest values', 'worker_processes 1; events { worker_connections 1; }', [1, 1]],
  ['one process for each processor', 'worker_processes auto;', [6, 512]],
  ['the last of two values', 'worker_processes 2; worker_processes 3;', [3, 512]],
  ['the default for 0', 'worker_processes 0; events { worker_connections 0; }', [1, 512]],
  ['the default for a fraction', 'worker_processes 1.5;', [1, 512]],
  ['no value of another block', 'http { worker_connections 9; } worker_connections 8;', [1, 512]],
])('deriveNginxCapacity() takes %s', (_, text, expected) => {
  expect(capacity(text)).toEqual(expected);
});

test('deriveNginxCapacity() prefers what a person configured, each value on its own', () => {
  const text = 'worker_processes 4; events { worker_connections 1024; }';
  expect(capacity(text, { workerProcesses: 8 })).toEqual([8, 1024]);
  expect(capacity(text, { workerConnections: 64 })).toEqual([4, 64]);
});
