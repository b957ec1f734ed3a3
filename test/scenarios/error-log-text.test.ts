import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { httpGet } from '../support/http-get.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

const wordings = [
  '64 worker_connections are not enough',
  '64 worker_connections are not enough, reusing connections',
  'accept4() failed (24: Too many open files)',
  '(24)Too many open files: AH00484',
  'AH00484: server reached MaxRequestWorkers setting, consider raising',
  'AH10159: server is within MinSpareThreads of MaxRequestWorkers, consider raising',
  'AH03490: scoreboard is full, not at MaxRequestWorkers.Increase ServerLimit.',
  'AH01382: Request header read timeout',
];

const two = (figure: number) => String(figure).padStart(2, '0');

/** Lines as the servers write them at this moment, so that only their place can tell them apart. */
function forgedLines(wording: string): readonly string[] {
  const at = new Date();
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('/');
  const [week, month] = at.toDateString().split(' ');
  const apacheTime = `[${week} ${month} ${two(at.getDate())} ${time}.000001 ${at.getFullYear()}]`;
  return [
    `${day} ${time} [alert] 7#7: ${wording}`,
    `${day} ${time} [crit] 7#7: ${wording}`,
    `${apacheTime} [mpm_event:error] [pid 7:tid 7] ${wording}`,
    `${apacheTime} [core:error] [pid 7:tid 7] ${wording}`,
  ];
}

/** Each wording and each forged line, in every field that a visitor fills. */
async function sendWordings(url: string): Promise<void> {
  for (const wording of wordings) {
    for (const text of [wording, ...forgedLines(wording)]) {
      const headers = {
        referer: text,
        'user-agent': text,
        'x-forwarded-for': text,
        authorization: `Basic ${Buffer.from(`x\n${text}\ny:password`).toString('base64')}`,
      };
      for (const before of [
        '/',
        '/private/',
        '/refused/',
        '/decoded/%22%0A',
        '/script/',
        '/none%0A',
        '/none%22%0A',
      ]) {
        await httpGet(`${url}${before}${encodeURIComponent(text)}%0A`, { headers });
      }
    }
  }
}

async function expectNoEvent(exporter: RunningExporter, readBytes: number): Promise<void> {
  let exposition = parseExposition(await exporter.metrics());
  await waitUntil({
    until: 'the whole error log is read',
    async holds() {
      exposition = parseExposition(await exporter.metrics());
      expect(exposition.sum('webserver_exhausted')).toBe(0);
      return exposition.sum('webserver_log_read_bytes_total') >= readBytes;
    },
  });
  expect(exposition.sum('webserver_error_log_events_total')).toBe(0);
  expect(exposition.sum('webserver_exhausted')).toBe(0);
}

const configOf = (
  server: string,
  { statusUrl, errorLog }: Record<'statusUrl' | 'errorLog', string>,
) => `
targets:
  - name: site
    server: ${server}
    status_url: "${statusUrl}"
    error_logs: [{path: ${errorLog}}]
logs: {start: beginning}`;

/** A FastCGI application that repeats on its standard error what it was sent. */
async function startEchoOnStandardError(): Promise<number> {
  const port = await findFreePort();
  const record = (type: number, body: Buffer) =>
    Buffer.concat([Buffer.from([1, type, 0, 1, body.length >> 8, body.length & 255, 0, 0]), body]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (request: Buffer) => {
      const [, path = ''] =
        /\/script\/([^\0]*?)REQUEST_END/s.exec(request.toString('latin1')) ?? [];
      socket.end(
        Buffer.concat([
          record(7, Buffer.from(`PHP message: \n${path}\nend`, 'latin1')),
          record(6, Buffer.from('Status: 200 OK\r\n\r\n')),
          record(3, Buffer.alloc(8)),
        ]),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  keepOpen({ close: () => new Promise<void>((resolve) => void server.close(() => resolve())) });
  return port;
}

describe('text that a visitor sends makes no event and no verdict', () => {
  test('on nginx', async () => {
    const script = await startEchoOnStandardError();
    const closed = await findFreePort();
    const nginx = keep(
      await startNginx({
        workerProcesses: 1,
        workerConnections: 64,
        extraServer: `
          location /private/ { auth_basic a; auth_basic_user_file /dev/null; }
          location /decoded/ { proxy_pass http://127.0.0.1:${closed}$uri; }
          location /refused/ { proxy_pass http://127.0.0.1:${closed}; }
          location /script/ {
            fastcgi_param DOCUMENT_URI "\${document_uri}REQUEST_END";
            fastcgi_pass 127.0.0.1:${script};
          }`,
      }),
    );
    await sendWordings(nginx.url);
    const exporter = keep(await startExporter({ config: configOf('nginx', nginx) }));
    await sendWordings(nginx.url);
    const text = await readFile(nginx.errorLog, 'utf8');
    // The forged lines are there, looking like nginx's own.
    expect(text).toMatch(/^\d{4}\/.* \[alert\] 7#7: 64 worker_connections are not enough$/m);
    expect(text).toContain('/decoded/"\n64 worker_connections are not enough');
    expect(text).toContain('FastCGI sent in stderr: "PHP message: \n64 worker_connections are not');
    expect(text).toContain('referrer: "64 worker_connections are not enough"');
    await expectNoEvent(exporter, Buffer.byteLength(text));
  });

  test.each(['prefork', 'event'] as const)('on Apache %s', async (mpm) => {
    const closed = await findFreePort();
    const apache = keep(
      await startApache({
        mpm,
        maxRequestWorkers: 8,
        threadsPerChild: 4,
        extraConfig: `
LogLevel info
ProxyPass "/refused" "http://127.0.0.1:${closed}/"
<Location "/private">
  Require all denied
</Location>`,
      }),
    );
    await sendWordings(apache.url);
    const exporter = keep(await startExporter({ config: configOf('apache', apache) }));
    await sendWordings(apache.url);
    const text = await readFile(apache.errorLog, 'utf8');
    expect(text).toContain('referer: AH00484: server reached MaxRequestWorkers setting');
    await expectNoEvent(exporter, Buffer.byteLength(text));
  });
});
