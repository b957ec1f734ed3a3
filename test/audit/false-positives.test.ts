import { describe, expect, test } from 'vitest';
import type { ChainFacts } from '../../src/audit/check.ts';
import { parseApacheConfig } from '../../src/parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../../src/parse/apache-config/split-words.ts';
import type { Finding } from '../../src/snapshot/audit.ts';
import { auditTexts, renderExample } from '../support/audit-example.ts';

async function apacheFindings(
  text: string,
  chain: ChainFacts = {},
  beside?: string,
): Promise<readonly Finding[]> {
  const texts = { apache: renderExample(text, { server: 'apache' }) };
  const both = beside === undefined ? texts : { ...texts, nginx: beside };
  return (await auditTexts(both, { chain })).report.findings;
}

async function nginxFindings(text: string, chain: ChainFacts = {}): Promise<readonly Finding[]> {
  const nginx = `events {}\nhttp {\n${text}\n}\n`;
  return (await auditTexts({ nginx }, { chain })).report.findings;
}

function idsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ id }) => id);
}

const page = '<Location "/server-status">\nSetHandler server-status\n</Location>\nListen 8080\n';

describe('what an expert would not change is not found: Apache', () => {
  test.each([
    ['status-page-open', `${page}<Location "/">\nRequire ip 10.0.0.0/8\n</Location>`],
    ['apache-proxy-disablereuse', 'ProxyPass "/ws" "ws://127.0.0.1:1/" disablereuse=On'],
    [
      'apache-proxy-no-enablereuse',
      '<Proxy "fcgi://127.0.0.1:9000/" enablereuse=on max=10>\n</Proxy>\nProxyPass "/a" "fcgi://127.0.0.1:9000/srv/"',
    ],
    [
      'apache-proxy-no-enablereuse',
      '<Proxy "fcgi://127.0.0.1:9000/">\nProxySet enablereuse=on\n</Proxy>\nProxyPass "/a" "fcgi://127.0.0.1:9000/srv/"',
    ],
    [
      'apache-proxy-no-enablereuse',
      'ProxyPass "/a" "unix:/run/php/fpm.sock|fcgi://localhost/srv/"',
    ],
    ['apache-children-recycled', 'MaxConnectionsPerChild 10000'],
    [
      'log-format-lacks-fields',
      'CustomLog logs/ssl "%t %h %{SSL_PROTOCOL}x"\nCustomLog logs/access "%h %D %k %X"',
    ],
  ])('%s: %s', async (id, text) => {
    expect(idsOf(await apacheFindings(text))).not.toContain(id);
  });
});

describe('what an expert would not change is not found: nginx', () => {
  test.each([
    [
      'nginx-upstream-no-keepalive',
      'upstream puma { server unix:/run/puma.sock fail_timeout=0; }\nserver { location / { proxy_pass http://puma; } }',
    ],
    [
      'nginx-upstream-no-keepalive',
      'server { location / { proxy_pass http://unix:/run/puma.sock:/; } }',
    ],
    [
      'log-format-lacks-fields',
      "log_format k '$request_time $connection_requests'; access_log logs/a; access_log logs/b k; server {}",
    ],
    [
      'status-page-open',
      'geo $near { default 0; 10.0.0.0/8 1; }\nmap $near $monitoring { default $near; }\nserver { listen 80; location = /s { if ($monitoring = 0) { return 403; } stub_status; } }',
    ],
  ])('%s: %s', async (id, text) => {
    expect(idsOf(await nginxFindings(text))).not.toContain(id);
  });

  test('an upstream with one server that is no Unix socket needs keepalive', async () => {
    const text =
      'upstream a { server unix:/run/a.sock; server 10.0.0.1:80; }\nserver { location / { proxy_pass http://a; } }';
    expect(idsOf(await nginxFindings(text))).toContain('nginx-upstream-no-keepalive');
  });

  test.each(['if ($remote_addr = 10.0.0.1) { return 200; }', 'if ($host = a) { return 403; }'])(
    'the status page stays open with %s',
    async (line) => {
      const text = `server { listen 80; location = /s { ${line} stub_status; } }`;
      expect(idsOf(await nginxFindings(text))).toContain('status-page-open');
    },
  );
});

const front = { frontTimeoutSeconds: 60 };

describe('behind a front no finding advises a timeout that loses requests', () => {
  test('the stock timeout of nginx is longer than that of the front', async () => {
    expect(idsOf(await nginxFindings('keepalive_timeout 75s;', front))).not.toContain(
      'keepalive-timeout-stock',
    );
  });

  test.each([
    ['nginx', () => nginxFindings('keepalive_timeout 10m;', front), 'keepalive_timeout 65s;'],
    ['Apache', () => apacheFindings('KeepAliveTimeout 600', front), 'KeepAliveTimeout 65'],
  ])('a long timeout of %s', async (_, find, fix) => {
    const long = (await find()).find(({ id }) => id === 'keepalive-timeout-long');
    expect(long).toMatchObject({ advised: expect.stringMatching(/^65 s/), fix: [fix] });
  });

  test('Apache behind the audited nginx', async () => {
    const nginx =
      'events {}\nhttp { upstream a { server 127.0.0.1:8099; keepalive 4; keepalive_timeout 4s; } server { location / { proxy_pass http://a; } } }';
    const found = await apacheFindings('KeepAliveTimeout 5', {}, nginx);
    expect(idsOf(found.filter(({ server }) => server === 'apache'))).not.toContain(
      'keepalive-timeout-stock',
    );
  });
});

describe('what was not read is not reported as missing', () => {
  test('the status page', async () => {
    const text = 'Include conf.d/closed.conf';
    expect(idsOf(await apacheFindings(text))).toEqual(expect.arrayContaining(['config-unread']));
    expect(idsOf(await apacheFindings(text))).not.toContain('status-page-missing');
    expect(idsOf(await nginxFindings('include closed.conf;'))).not.toContain('status-page-missing');
  });

  test('a module of a server that may have all of them built in', async () => {
    const { report } = await auditTexts({ apache: 'KeepAlive On\n' });
    expect(idsOf(report.findings)).not.toContain('slow-clients-unlimited');
    const other = await auditTexts({ apache: 'LoadModule env_module modules/mod_env.so\n' });
    expect(idsOf(other.report.findings)).toContain('slow-clients-unlimited');
  });
});

/** The words of each line, as Apache reads them. */
function wordsOf(fix: readonly string[]): readonly (readonly string[])[] {
  const parsed = parseApacheConfig(fix.join('\n'));
  return parsed.ok
    ? parsed.value.nodes.map(({ name, rest }) => [name, ...splitApacheWords(rest)])
    : [];
}

test('a fix quotes the words that need it', async () => {
  const piped = '|/usr/bin/rotatelogs -l "/var/log/a b" 86400';
  const log = `CustomLog "${piped.replaceAll('"', '\\"')}"`;
  const text = `${page}${log} "%h \\"%r\\"" "expr=%{REQUEST_URI} != '/x'"\n${log} "%h"`;
  const findings = await apacheFindings(text);
  const lines = (id: string) =>
    findings
      .filter((finding) => finding.id === id)
      .map(({ fix, effective }) => ({ last: wordsOf(fix).at(-1), effective }));
  expect(lines('log-format-lacks-fields')).toEqual([
    {
      last: ['CustomLog', piped, 'keepalive', "expr=%{REQUEST_URI} != '/x'"],
      effective: `${log} "%h \\"%r\\"" "expr=%{REQUEST_URI} != '/x'"`,
    },
  ]);
  expect(lines('status-page-logged').map(({ last }) => last)).toEqual([
    ['CustomLog', piped, '%h', 'env=!status_page'],
  ]);
});

test('the fix for FastCGI says how many workers the backend needs', async () => {
  const findings = await apacheFindings('ProxyPass "/a" "fcgi://127.0.0.1:9000/srv/"');
  const found = findings.find(({ id }) => id === 'apache-proxy-no-enablereuse');
  expect(found?.advised).toBe('enablereuse=On, if the backend has more than 400 workers');
  expect(found?.fix).toEqual([
    '# only if the backend has more than 400 workers (PHP-FPM: pm.max_children)',
    'ProxyPass /a fcgi://127.0.0.1:9000/srv/ enablereuse=On',
  ]);
  const few = await apacheFindings('ProxyPass "/a" "fcgi://127.0.0.1:9000/srv/"', {
    backendWorkers: 50,
  });
  expect(idsOf(few)).not.toContain('apache-proxy-no-enablereuse');
});

describe('an upstream block for proxy_pass keeps what the backend sees', () => {
  const around = (pass: string, lines = '') =>
    nginxFindings(
      `server { proxy_set_header Host $host; location / { proxy_pass ${pass}; ${lines} } }`,
    );
  const noHost = (pass: string) => nginxFindings(`server { location / { proxy_pass ${pass}; } }`);
  const fixOf = (findings: readonly Finding[]) =>
    findings.find(({ id }) => id === 'nginx-upstream-no-keepalive')?.fix;
  const keep = ['proxy_http_version 1.1;', 'proxy_set_header Connection "";'];

  test('scheme, path and certificate name of a host without a port', async () => {
    expect(fixOf(await noHost('https://avatars.example/x/'))).toEqual([
      'upstream avatars.example { server avatars.example:443; keepalive 16; }',
      ...keep,
    ]);
  });

  test('the Host header of a host with a port', async () => {
    expect(fixOf(await noHost('https://app.example:8443/x/'))).toEqual([
      'upstream backend_app.example_8443 { server app.example:8443; keepalive 16; }',
      'proxy_pass https://backend_app.example_8443/x/;',
      'proxy_set_header Host app.example:8443;',
      'proxy_ssl_name app.example;',
      ...keep,
    ]);
    expect(fixOf(await noHost('http://[::1]/'))?.[0]).toBe(
      'upstream backend__1_ { server [::1]:80; keepalive 16; }',
    );
  });

  test('inherited headers are repeated, own ones are not', async () => {
    expect(fixOf(await around('http://127.0.0.1:3000'))).toEqual([
      'upstream backend_127.0.0.1_3000 { server 127.0.0.1:3000; keepalive 16; }',
      'proxy_pass http://backend_127.0.0.1_3000;',
      'proxy_set_header Host $host;',
      ...keep,
    ]);
    const own = await around('http://127.0.0.1:3000', 'proxy_set_header Host "a b";');
    expect(fixOf(own)?.slice(2)).toEqual(keep);
  });

  test('also when only the Connection header is wrong', async () => {
    const found = await nginxFindings(
      'upstream a { server b:80; keepalive 8; } server { proxy_set_header X "a b"; location / { proxy_pass http://a; proxy_http_version 1.1; } }',
    );
    expect(found.find(({ id }) => id === 'nginx-connection-header-close')?.fix).toEqual([
      'proxy_set_header X "a b";',
      ...keep,
    ]);
  });
});
