import { expect, test } from 'vitest';
import { describeApply } from '../../src/derive/advice-apply.ts';

test('describeApply() names the file and the reload of the server that is advised', () => {
  const nginx = describeApply(['keepalive_timeout 5s;'], 'nginx').join('\n');
  expect(nginx).toContain('nginx.conf');
  expect(nginx).toContain('nginx -s reload');
  const apache = describeApply(['KeepAliveTimeout 5'], 'prefork').join('\n');
  expect(apache).toContain('apache2.conf');
  expect(apache).toContain('apachectl graceful');
  expect(apache).not.toContain('mpm_');
});

test('describeApply() stops and starts Apache for a ServerLimit, and names the file of MaxRequestWorkers', () => {
  const words = describeApply(['ServerLimit 300', 'MaxRequestWorkers 300'], 'prefork').join('\n');
  expect(words).toContain('stop and start');
  expect(words).toContain('mpm_');
  expect(words).not.toContain('apachectl graceful');
});

test('describeApply() says nothing where nothing changes', () => {
  expect(describeApply([], 'nginx')).toEqual([]);
});
