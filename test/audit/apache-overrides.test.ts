import { expect, test } from 'vitest';
import { auditFiles } from '../../src/pipeline/audit-files.ts';
import { readFrom, testVersions } from '../support/audit-example.ts';

const header = 'Header set Connection keep-alive\n';

/** The directories whose .htaccess was read. */
async function overridesOf(config: string, version = '2.4.62') {
  const files = Object.fromEntries([
    ['/etc/httpd.conf', config],
    ...['', '/var', '/var/www', '/var/www/html', '/srv/a', '/srv/b', '/srv/b/in'].map(
      (path) => [`${path}/.htaccess`, header] as const,
    ),
  ]);
  const done = await auditFiles({
    files: { apache: '/etc/httpd.conf' },
    versions: { ...testVersions, apache: { version, source: 'flag' } },
    machine: { cpuCount: 1 },
    chain: {},
    createReader: () => readFrom(files),
  });
  const findings = done.ok ? done.value.report.findings : [];
  return findings
    .filter(({ id }) => id === 'apache-header-connection')
    .map(({ at }) => at.file.replace('/.htaccess', '') || '/');
}

const on = (path: string) => `<Directory ${path}>\nAllowOverride FileInfo\n</Directory>\n`;
const off = (path: string) => `<Directory ${path}>\nAllowOverride None\n</Directory>\n`;

test.each([
  ['the directory itself', on('/var/www/html/'), ['/var/www/html']],
  ['a DocumentRoot below it', `${on('/var')}DocumentRoot /var/www`, ['/var', '/var/www']],
  [
    'the DocumentRoot of a host',
    `${on('/srv')}<VirtualHost *:80>\nDocumentRoot "/srv/a"\n</VirtualHost>`,
    ['/srv/a'],
  ],
  [
    'a host that allows it where the main server does not',
    `${off('/')}<VirtualHost *:80>\nDocumentRoot /srv/a\n${on('/srv/a')}</VirtualHost>\n`,
    ['/srv/a'],
  ],
  ['the longest path decides', `${on('/srv/b')}${off('/srv/b/in')}`, ['/srv/b']],
  ['whatever the order', `${off('/srv/b/in')}${on('/srv/b')}`, ['/srv/b']],
  ['nothing says so, and 2.4 has None', 'DocumentRoot /var/www/html', []],
  ['a pattern is not a directory', on('/srv/*'), []],
])('.htaccess: %s', async (_, config, wanted) => {
  expect(await overridesOf(config)).toEqual(wanted);
});

test('Apache 2.2 reads .htaccess unless a section forbids it', async () => {
  const all = ['/', '/var', '/var/www', '/var/www/html'];
  expect(await overridesOf('DocumentRoot /var/www/html', '2.2.34')).toEqual(all);
});
