import { describe, expect, test } from 'vitest';
import { buildApacheView } from '../../src/audit/apache-view.ts';
import { expandApacheConfig } from '../../src/audit/expand-apache-config.ts';
import { expandNginxConfig } from '../../src/audit/expand-nginx-config.ts';
import { buildNginxView } from '../../src/audit/nginx-view.ts';
import { runAudit } from '../../src/audit/run-audit.ts';
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

async function readsOfApache(size: number): Promise<number> {
  const logs = 'LogFormat "%h" a\nCustomLog a a\n'.repeat(size);
  const hosts = '<VirtualHost *:80>\nProxyPass / http://b/\n</VirtualHost>\n'.repeat(size);
  const options = {
    read: reading(logs + hosts),
    exists: async () => false,
    version: '2.4.62',
    environment: new Map(),
  };
  const tree = await expandApacheConfig('/httpd.conf', options);
  if (!tree.ok) throw new Error(tree.error);
  let reads = 0;
  const directives = counting(tree.value.directives, () => {
    reads += 1;
  });
  const apache = buildApacheView({ ...tree.value, directives }, '2.4.62');
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
