import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { redactConfig, redactModule } from '../../src/config/redact-config.ts';
import { configSchema } from '../../src/config/schema.ts';

test('redactConfig() hides passwords, tokens and header values, and shows the rest', () => {
  const http = {
    basic_auth: { username: 'monitor', password: 'S3CRET-1' },
    headers: { 'X-Key': 'S3CRET-2' },
  };
  const config = configSchema.parse({
    targets: [{ name: 'shop', server: 'apache', status_url: 'http://a/', http }],
    probe: { modules: { m: { server: 'nginx', http: { bearer_token: 'S3CRET-3' } } } },
  });
  const text = redactConfig(config);
  expect(text).not.toContain('S3CRET');
  expect(text).toContain('username: monitor');
  expect(text).toContain('X-Key: <secret>');
  expect(text).toContain('timeout: 5s');
});

test('check-config accepts what /config prints, and reads the same out of it', () => {
  const text = `
checkpoint: {directory: /var/lib/x, interval: 1m30s}
targets:
  - name: shop
    server: apache
    status_url: http://a/?auto
    timeout: 1500ms
    sampling: {interval: 0s}
    slot_table: {interval: 1h}
    listen: [80, "127.0.0.2:80"]
    http: {tls: {insecure_skip_verify: true}}
    access_logs: [{path: /a.log, json_keys: {code: $status}, format: json}]
  - {name: edge, server: nginx, status_url: http://b/, processes: {listener: true}}
probe:
  allow: [{cidr: 10.0.0.0/8, ports: [80]}]
  modules:
    m: {server: nginx, timeout: 2s, keepalive: {max_requests: 5}}
`;
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const shown = redactConfig(parsed.value);
  expect(shown).toContain('interval: 1m30s');
  expect(parseConfig(shown)).toEqual(parsed);
});

test('check-config accepts hidden secrets too', () => {
  const text = `
targets:
  - {name: a, server: nginx, status_url: http://a/, http: {basic_auth: {username: u, password: p}, headers: {x: y}}}
  - {name: b, server: nginx, status_url: http://a/, http: {bearer_token: t}}
`;
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  expect(parseConfig(redactConfig(parsed.value)).ok).toBe(true);
});

test('redactModule() shows one module of probe', () => {
  const modules = { m: { server: 'nginx', http: { bearer_token: 'S3CRET' } } };
  const config = configSchema.parse({ probe: { modules } });
  const text = redactModule(config, 'm');
  expect(text).toContain('m:\n  server: nginx\n');
  expect(text).toContain('timeout: 5s');
  expect(text).not.toContain('S3CRET');
});
