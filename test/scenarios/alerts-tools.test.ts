import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { alertFile, ruleFiles, ruleTestFiles } from '../support/alert-files.ts';
import { amtool } from '../support/amtool.ts';
import { promtool, startPromtool } from '../support/promtool.ts';
import { createTempDirectory } from '../support/temp-directory.ts';

const alertmanagerConfig = alertFile('alertmanager/alertmanager.yml');

test.each(ruleFiles())('promtool accepts %s', (file) => {
  const { exitCode, output } = promtool(['check', 'rules', file]);
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/SUCCESS: [1-9]\d* rules found/);
});

test.concurrent.each(ruleTestFiles())('promtool runs %s', async (file) => {
  const { exitCode, output } = await startPromtool(['test', 'rules', file]);
  expect(exitCode, output).toBe(0);
  expect(output).toContain('SUCCESS');
});

test('amtool accepts alertmanager.yml and its template', () => {
  const { exitCode, output } = amtool(['check-config', alertmanagerConfig]);
  expect(exitCode, output).toBe(0);
  expect(output).toContain('1 templates');
});

test.each([
  ['page', ['alertname=WebserverExhausted', 'severity=critical']],
  ['ticket', ['alertname=WebserverSaturationHigh', 'severity=warning']],
  ['notice', ['alertname=WebserverLimitLogged', 'severity=info']],
  ['watchdog', ['alertname=KeepaliveExporterWatchdog', 'severity=none']],
  ['ticket', ['alertname=SomebodyElses']],
])('Alertmanager sends to %s what has %j', (receiver, labels) => {
  const args = ['config', 'routes', 'test', `--config.file=${alertmanagerConfig}`];
  const { exitCode, output } = amtool([...args, `--verify.receivers=${receiver}`, ...labels]);
  expect(exitCode, output).toBe(0);
});

describe('the message template', () => {
  it('shows what, where, since when and what to do', async () => {
    expect(await render('firing', [alert('shop')])).toBe(
      [
        'CRITICAL WebserverExhausted: shop',
        'shop has no free slot',
        'New visitors wait.',
        'Since 03:04 UTC',
        'Do: https://runbook',
        'See: https://dashboard',
      ].join('\n'),
    );
  });

  it('shows the job of a fleet', async () => {
    const text = await render('firing', [alert('shop', { job: 'web' })]);
    expect(text).toContain('CRITICAL WebserverExhausted: web\n');
  });

  it('counts where there are several', async () => {
    const text = await render('firing', [alert('shop'), alert('blog')]);
    expect(text).toContain('CRITICAL WebserverExhausted (2 firing, 0 resolved)');
    expect(text).toContain('blog has no free slot');
  });

  it('says from when to when a resolved one lasted', async () => {
    const text = await render('resolved', [{ ...alert('shop'), status: 'resolved' }]);
    expect(text).toContain('RESOLVED WebserverExhausted: shop');
    expect(text).toContain('Over: shop has no free slot (03:04 to 03:14 UTC)');
  });
});

function alert(target: string, labels: Readonly<Record<string, string>> = { target }) {
  return {
    status: 'firing',
    labels: { alertname: 'WebserverExhausted', ...labels },
    annotations: {
      summary: `${target} has no free slot`,
      description: 'New visitors wait.',
      runbook_url: 'https://runbook',
      dashboard_url: 'https://dashboard',
    },
    startsAt: '2026-01-02T03:04:05Z',
    endsAt: '2026-01-02T03:14:05Z',
  };
}

async function render(
  status: string,
  alerts: readonly ReturnType<typeof alert>[],
): Promise<string> {
  const { path, remove } = await createTempDirectory('template');
  onTestFinished(remove);
  const data = join(path, 'data.json');
  const groupLabels = { alertname: 'WebserverExhausted' };
  const commonLabels = { ...groupLabels, severity: 'critical' };
  writeFileSync(data, JSON.stringify({ status, alerts, groupLabels, commonLabels }));
  const { exitCode, output } = amtool([
    'template',
    'render',
    `--template.glob=${alertFile('alertmanager/*.tmpl')}`,
    '--template.text={{ template "keepalive.title" . }}\n{{ template "keepalive.text" . }}',
    `--template.data=${data}`,
  ]);
  expect(exitCode, output).toBe(0);
  return output.trim().replaceAll(/\n+/g, '\n');
}
