import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { httpGet } from '../support/http-get.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';

/** In every secret, so that one search finds all of them. */
const marker = 's3cret';

const configWith = (url: string, tokenFile: string) => `
targets:
  - name: forbidden
    server: apache
    status_url: "${url}/server-status?auto"
    http: {basic_auth: {username: monitor, password: ${marker}-password}, headers: {X-Key: ${marker}-header}}
  - name: refused
    server: nginx
    status_url: "http://127.0.0.1:1/"
    http: {bearer_token: ${marker}-token}
  - name: from-file
    server: nginx
    status_url: "${url}/stub_status"
    http: {bearer_token_file: ${tokenFile}}
probe:
  allow: [{cidr: 127.0.0.0/8, ports: [1]}]
  modules: {nginx: {server: nginx, path: /, http: {bearer_token: ${marker}-module}}}`;

async function everythingItSays(exporter: RunningExporter): Promise<string> {
  const paths = ['/', '/metrics', '/config', '/targets', '/probe?target=refused'];
  const pages = await Promise.all(
    [...paths, '/probe?target=127.0.0.1:1&module=nginx', '/-/ready', '/nothing'].map((path) =>
      exporter.get(path),
    ),
  );
  return pages.map(({ body, headers }) => `${JSON.stringify(headers)}\n${body}`).join('\n');
}

test('secrets reach the servers they are for, and nothing that the exporter says', async () => {
  const server = keep(
    await startHostileServer((socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
    ),
  );
  const path = await keepTempDirectory('secrets');
  const tokenFile = join(path, 'token');
  await writeFile(tokenFile, `${marker}-file\n`);
  const exporter = keep(await startExporter({ config: configWith(server.url, tokenFile) }));
  const said = [await everythingItSays(exporter)];

  // Broken in the place where a secret stands: the reasons are shown, and the former configuration goes on.
  for (const broken of [
    `targets: [{name: a, server: nginx, status_url: "http://u:${marker}@127.0.0.1/"}]`,
    `targets: [{name: a, server: nginx, status_url: "http://a/", http: {bearer_token: [${marker}]}}]`,
    `targets: [{name: a, server: nginx, status_url: "http://a/", http: {bearer_token: "${marker}}}]`,
  ]) {
    await writeFile(exporter.configFile, broken);
    const reload = await httpGet(`${exporter.url}/-/reload`, { method: 'POST' });
    expect(reload.status).toBe(500);
    said.push(reload.body);
  }
  said.push(await everythingItSays(exporter), exporter.output());
  expect(said.join('\n')).not.toContain(marker);
  expect(said.join('\n')).toContain('forbidden');

  const heads = server.requests.join('\n');
  const basic = Buffer.from(`monitor:${marker}-password`).toString('base64');
  expect(heads).toContain(`Basic ${basic}`);
  expect(heads).toContain(`${marker}-header`);
  expect(heads).toContain(`Bearer ${marker}-file`);
});
