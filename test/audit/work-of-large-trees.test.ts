import { describe, expect, test } from 'vitest';
import { buildApacheView } from '../../src/audit/apache-view.ts';
import { type ApacheTree, expandApacheConfig } from '../../src/audit/expand-apache-config.ts';
import { expandNginxConfig } from '../../src/audit/expand-nginx-config.ts';
import { buildNginxView } from '../../src/audit/nginx-view.ts';
import { renderAuditText } from '../../src/audit/render-text.ts';
import { maxListed, runAudit } from '../../src/audit/run-audit.ts';
import { countFindings } from '../../src/derive/count-findings.ts';
import type { ConfigDirective, ReadSources } from '../../src/snapshot/config-tree.ts';

const machine = { cpuCount: 1 };
const chain = {};

function reading(text: string): ReadSources {
  return async (path) => [{ path, text }];
}

/** Counts how often names are read: time is not measured here, work is. */
function counting(directives: readonly ConfigDirective[], count: () => void): ConfigDirective[] {
  return directives.map(({ name, block, ...rest }) => ({
    ...rest,
    ...(block === undefined ? {} : { block: counting(block, count) }),
    get name() {
      count();
      return name;
    },
  }));
}

async function readsOfNginx(size: number): Promise<number> {
  const header = `proxy_set_header A b;\nhttp2_max_requests 9;\n`.repeat(size);
  const locations = `location /a { proxy_pass http://app; }\n`.repeat(size);
  const servers = `server { http2_idle_timeout 1s; }\n`.repeat(size);
  const text = `http { upstream app { server b; }\n${header}server {\n${locations}}\n${servers}}\n`;
  const tree = await expandNginxConfig('/nginx.conf', reading(text));
  if (!tree.ok) throw new Error(tree.error);
  let reads = 0;
  const directives = counting(tree.value.directives, () => {
    reads += 1;
  });
  const nginx = buildNginxView({ ...tree.value, directives }, '1.28.0', 1);
  runAudit({ nginx, machine, chain });
  return reads;
}

async function apacheTree(text: string) {
  const options = {
    read: reading(text),
    exists: async () => false,
    version: '2.4.62',
    environment: new Map(),
  };
  const tree = await expandApacheConfig('/httpd.conf', options);
  if (!tree.ok) throw new Error(tree.error);
  return tree.value;
}

async function readsOfApache(size: number): Promise<number> {
  const logs = 'LogFormat "%h" a\nCustomLog a a\n'.repeat(size);
  const hosts = '<VirtualHost *:80>\nProxyPass / http://b/\n</VirtualHost>\n'.repeat(size);
  return readsOfTree(await apacheTree(logs + hosts));
}

function readsOfTree(tree: ApacheTree): number {
  let reads = 0;
  const directives = counting(tree.directives, () => {
    reads += 1;
  });
  const apache = buildApacheView({ ...tree, directives }, '2.4.62');
  runAudit({ apache, machine, chain });
  return reads;
}

describe('the work of an audit grows with the configuration, not with its square', () => {
  test.each([
    ['nginx', readsOfNginx],
    ['apache', readsOfApache],
  ])('%s', async (_, readsOf) => {
    const [small, large] = [await readsOf(100), await readsOf(400)];
    expect(large / small).toBeLessThan(4.5);
  });
});

test('a fix repeats a hundred inherited headers, and names the number of the others', async () => {
  const header = 'proxy_set_header A b;\n'.repeat(3000);
  const locations = 'location /a { proxy_pass http://app; }\n'.repeat(300);
  const text = `http { upstream app { server b; keepalive 2; }\n${header}server {\n${locations}}\n}\n`;
  const tree = await expandNginxConfig('/nginx.conf', reading(text));
  if (!tree.ok) throw new Error(tree.error);
  const nginx = buildNginxView(tree.value, '1.28.0', 1);
  const found = runAudit({ nginx, machine, chain }).findings.filter(
    ({ id }) => id === 'nginx-connection-header-close',
  );
  expect(found).toHaveLength(300);
  for (const { fix } of found) {
    expect(fix).toHaveLength(103);
    expect(fix[100]).toBe('# and the 2900 other proxy_set_header lines from further out');
  }
});

test('virtual hosts are walked a few times for all checks, not once for each', async () => {
  const hosts = 300;
  const tree = await apacheTree(
    '<VirtualHost *:80>\nServerAlias b\n</VirtualHost>\n'.repeat(hosts),
  );
  expect(readsOfTree(tree) / (2 * hosts)).toBeLessThan(6);
});

describe('of a check that finds something everywhere', () => {
  const lines = 2 * maxListed + 500;
  const unread = 'ServerAdmin ${UNKNOWN}\n';

  test('the first are listed, and the rest are counted', async () => {
    const tree = await apacheTree(unread.repeat(lines));
    const report = runAudit({ apache: buildApacheView(tree, '2.4.62'), machine, chain });
    const found = report.findings.filter(({ id }) => id === 'config-unread');
    expect(found.map(({ at }) => at.line)).toEqual(found.map((_, index) => index + 1));
    expect(found).toHaveLength(maxListed);
    expect(found.at(-1)?.more).toBe(lines - maxListed);
    expect(found.filter(({ more }) => more !== undefined)).toHaveLength(1);
    const text = renderAuditText(report, []);
    expect(text).toContain(`  more:    ${lines - maxListed} warning of config-unread`);
    expect(text).toMatch(new RegExp(`^${countFindings(report.findings)} findings: `, 'm'));
    expect(countFindings(found)).toBe(lines);
  });

  test('the silenced ones too', async () => {
    const silence = '# keepalive-exporter: silence config-unread: known\n';
    const tree = await apacheTree(silence + unread.repeat(lines));
    const report = runAudit({ apache: buildApacheView(tree, '2.4.62'), machine, chain });
    expect(report.silenced).toHaveLength(maxListed);
    expect(renderAuditText(report, [])).toContain(`; ${lines} silenced.`);
    expect(report.findings.map(({ id }) => id)).not.toContain('silence-unused');
  });
});
