import { expect, test } from 'vitest';
import { redactConfig } from '../../src/config/redact-config.ts';
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
  expect(text).toContain('timeout: 5000');
});
