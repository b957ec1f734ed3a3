import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { requireBinary } from '../support/find-binary.ts';
import { promtool } from '../support/promtool.ts';

const alerts = fileURLToPath(new URL('../../alerts/', import.meta.url));
const list = (directory: string, ending: string) =>
  readdirSync(`${alerts}${directory}`)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${alerts}${directory}${name}`);

test('promtool accepts every rule', () => {
  const { exitCode, output } = promtool(['check', 'rules', ...list('', '.rules.yml')]);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
});

test.each(list('tests/', '.test.yml').map((path) => [path.split('/').at(-1), path]))(
  'every case of %s holds',
  (_, path = '') => {
    const { exitCode, output } = promtool(['test', 'rules', path]);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  },
);

const config = `${alerts}alertmanager/alertmanager.yml`;

function amtool(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(requireBinary('amtool'), args, { encoding: 'utf8' });
  expect({ args, status, stderr }).toMatchObject({ status: 0 });
  return stdout.trim();
}

test('amtool accepts the configuration and its templates', () => {
  expect(amtool('check-config', config)).toContain('SUCCESS');
});

test.each([
  [['alertname=WebServerExhausted', 'severity=critical', 'target=shop'], 'pages'],
  [['alertname=WebServerSaturationHigh', 'severity=warning', 'target=shop'], 'tickets'],
  [['alertname=WebServerRequestsPerConnectionCollapsed', 'severity=info'], 'tickets'],
  [['alertname=Watchdog', 'severity=none'], 'watchdog'],
  [['alertname=SomethingElse'], 'tickets'],
])('%j goes to %s', (labels, receiver) => {
  expect(amtool('config', 'routes', 'test', `--config.file=${config}`, ...labels)).toBe(receiver);
});
