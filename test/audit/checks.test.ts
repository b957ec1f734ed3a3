import { describe, expect, test } from 'vitest';
import { allCheckWords } from '../../src/audit/catalog.ts';
import {
  auditAsExample,
  auditExample,
  auditTexts,
  renderExample,
} from '../support/audit-example.ts';
import { hasLinesToPaste, pasteAll } from '../support/paste-fix.ts';

const cases = allCheckWords.flatMap(({ id, examples }) =>
  examples.map((example, index) => [id, index + 1, example] as const),
);

const pasted = cases.filter(([id, , example]) => hasLinesToPaste(id, example));

describe('each check', () => {
  test.each(cases)('%s (%i) finds its trigger but not its twin', async (id, _, example) => {
    const trigger = await auditExample(example, 'trigger');
    const twin = await auditExample(example, 'twin');
    const found = trigger.report.findings.filter((finding) => finding.id === id);
    expect(found).not.toEqual([]);
    expect(found[0]?.server).toBe(example.server);
    expect(found.every(({ fix, at }) => fix.length > 0 && at.line > 0)).toBe(true);
    expect(twin.report.findings.filter((finding) => finding.id === id)).toEqual([]);
  });

  test.each(pasted)('%s (%i) finds nothing after its fix is pasted', async (id, _, example) => {
    const text = await pasteAll(example, id);
    const after = await auditAsExample(example, text);
    expect(
      after.report.findings.filter((one) => one.id === id),
      text,
    ).toEqual([]);
  });

  test('has a unique id, a sentence, a reason and an example', () => {
    expect(new Set(allCheckWords.map(({ id }) => id)).size).toBe(allCheckWords.length);
    for (const { id, what, why, examples } of allCheckWords) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(what).not.toMatch(/\.$/);
      expect(why).toMatch(/\.$/);
      expect(examples.length, id).toBeGreaterThan(0);
    }
  });
});

const goodApache = renderExample(
  `KeepAlive On
KeepAliveTimeout 3
MaxKeepAliveRequests 500
RequestReadTimeout header=10-20,minrate=500 body=20,minrate=500
<Location "/server-status">
  SetHandler server-status
  Require local
</Location>
LogFormat "%h %l %u %t \\"%r\\" %>s %O %D %k %X" keepalive
SetEnvIf Request_URI "^/server-status$" status_page
CustomLog logs/access.log keepalive env=!status_page
ProxyPass "/app" "http://127.0.0.1:8081/" max=2
`,
  { server: 'apache' },
);

const goodNginx = `worker_processes 2;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
  log_format k '$remote_addr $request_time $connection_requests $upstream_connect_time';
  access_log logs/access.log k;
  keepalive_timeout 15s;
  client_header_timeout 15s;
  client_body_timeout 15s;
  reset_timedout_connection on;
  upstream app { server 127.0.0.1:8081; keepalive 4; keepalive_timeout 4s; }
  server {
    listen 127.0.0.1:8080;
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location = /stub_status { stub_status; access_log off; }
  }
}
`;

test('a configuration that follows all advice has no findings', async () => {
  expect((await auditTexts({ apache: goodApache })).report.findings).toEqual([]);
  expect((await auditTexts({ nginx: goodNginx })).report.findings).toEqual([]);
});

test('a silence hides its finding, which is reported as silenced with the reason', async () => {
  const silenced = goodNginx.replace(
    'keepalive_timeout 15s;',
    '# keepalive-exporter: silence keepalive-off: one request per visitor\n keepalive_timeout 0;',
  );
  const { report } = await auditTexts({ nginx: silenced });
  expect(report.findings).toEqual([]);
  expect(report.silenced.map(({ silence }) => silence.reason)).toEqual(['one request per visitor']);
});
