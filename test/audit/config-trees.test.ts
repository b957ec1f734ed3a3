import { describe, expect, test } from 'vitest';
import { auditTree } from '../support/config-trees.ts';

const projects = [
  'nextcloud',
  'wordpress',
  'moodle',
  'gitlab',
  'mastodon',
  'drupal',
  'synapse',
  'discourse',
  'mediawiki',
  'phpmyadmin',
];

describe('the documented configuration of', () => {
  test.each(projects)('%s is read without an unknown construct', async (name) => {
    const { audit } = await auditTree(name);
    const { apache, nginx } = audit.subject;
    expect([...(apache?.tree.unread ?? []), ...(nginx?.tree.unread ?? [])]).toEqual([]);
  });

  test.each(projects)('%s has findings at the line of the directive', async (name) => {
    const { audit, files } = await auditTree(name);
    for (const { origin, effective, at } of audit.report.findings) {
      const line = files[at.file]?.split('\n')[at.line - 1];
      expect(line, effective).toBeDefined();
      if (origin !== `${at.file}:${at.line}`) continue;
      const [directive = ''] = effective.split(' ');
      expect(line?.toLowerCase()).toContain(directive.toLowerCase());
    }
  });
});

const idsOf = async (name: string) =>
  (await auditTree(name)).audit.report.findings.map(({ id, at }) => `${id} ${at.file}:${at.line}`);

test('.htaccess applies where AllowOverride permits it', async () => {
  expect(await idsOf('wordpress')).toContain(
    'apache-header-connection /srv/www/wordpress/.htaccess:12',
  );
});

test('a directive in conditional sections keeps its line', async () => {
  const { audit } = await auditTree('moodle');
  const directories = audit.subject.apache?.hosts[0]?.directives.find(
    ({ name }) => name === 'directory',
  );
  expect(directories).toMatchObject({
    args: ['/var/www/moodle'],
    block: [
      { name: 'directoryindex' },
      { name: 'allowoverride' },
      {
        name: 'require',
        args: ['all', 'granted'],
        file: '/etc/httpd/conf.d/moodle.conf',
        line: 10,
      },
    ],
  });
});

test('a location that sets Host does not inherit the empty Connection header', async () => {
  const found = await idsOf('synapse');
  expect(found).toContain('nginx-connection-header-close /etc/nginx/nginx.conf:9');
});
