import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { present } from '../../src/present.ts';
import { err, ok } from '../../src/result.ts';
import { buildServer } from '../../src/server/build-server.ts';
import type { ServerPorts } from '../../src/server/ports.ts';
import { acceptsGzip } from '../../src/server/send-exposition.ts';

function serverWith(ports: Partial<ServerPorts> = {}, openFilesLimit?: number) {
  const errors: Error[] = [];
  const { server, cutConnections } = buildServer({
    telemetryPath: '/metrics',
    ...present({ openFilesLimit }),
    onError: (error) => errors.push(error),
    ports: {
      renderMetrics: async () => 'webserver_up 1\n',
      probe: async () => ok('probe_success 1\n'),
      renderPage: ({ refresh }) => `page, refresh ${refresh}`,
      renderBoardsEvent: () => '[]',
      isReady: () => true,
      reload: async () => ok(undefined),
      showConfig: () => 'targets: []\n',
      showModule: () => 'm: {}\n',
      showAdvice: () => ({ targets: [{ target: 'shop', advice: null }] }),
      listTargets: () => [{ name: 'shop', server: 'apache' }],
      ...ports,
    },
  });
  return { server, cutConnections, errors };
}

describe('the routes', () => {
  test('/metrics has the content type Prometheus asks for and hands the deadline on', async () => {
    const deadlines: number[] = [];
    const { server } = serverWith({
      async renderMetrics({ deadlineMilliseconds }) {
        deadlines.push(deadlineMilliseconds);
        return '';
      },
    });
    const headers = { 'x-prometheus-scrape-timeout-seconds': '3' };
    const { statusCode, headers: answered } = await server.inject({ url: '/metrics', headers });
    expect(statusCode).toBe(200);
    expect(answered['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(deadlines).toEqual([2500]);
  });

  test('/metrics and /probe are compressed for who asks, and say that it depends on that', async () => {
    const long = 'webserver_up 1\n'.repeat(500);
    const { server } = serverWith({ renderMetrics: async () => long, probe: async () => ok(long) });
    for (const url of ['/metrics', '/probe?target=a']) {
      const headers = { 'accept-encoding': 'gzip' };
      const { headers: answered, rawPayload } = await server.inject({ url, headers });
      expect(answered['content-encoding']).toBe('gzip');
      expect(answered['vary']).toBe('Accept-Encoding');
      expect(gunzipSync(rawPayload).toString()).toBe(long);
      const plain = await server.inject(url);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.body).toBe(long);
    }
  });

  test.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['deflate, GZIP;q=0.5', true],
    ['gzip;q=0, *', false],
    ['*', true],
    ['identity', false],
    ['gzip;q=banana', false],
  ])('Accept-Encoding %j asks for gzip: %s', (header, wanted) => {
    expect(acceptsGzip(header)).toBe(wanted);
  });

  test('/probe?debug=true shows what was asked, the metrics and the module', async () => {
    const { server } = serverWith();
    const { statusCode, headers, body } = await server.inject(
      '/probe?target=a&module=m&debug=true',
    );
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body).toMatch(
      /^Logs for the probe:\ntarget="a" module="m" deadline=\d+(?:\.\d+)?s duration=\d+\.\d{3}s\nprobe_success 1\n\nMetrics that would have been returned:\nprobe_success 1\n\nModule configuration:\nm: \{\}\n$/,
    );
  });

  test('/advice is JSON', async () => {
    const { server } = serverWith();
    const { headers, body } = await server.inject('/advice');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toEqual({ targets: [{ target: 'shop', advice: null }] });
  });

  test('D2 more than 40 scrapes at once are refused, and later ones are served again', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { server } = serverWith({ renderMetrics: () => gate.then(() => '') });
    const scrapes = Array.from({ length: 41 }, () => server.inject('/metrics'));
    expect((await Promise.race(scrapes)).statusCode).toBe(503);
    release();
    const codes = (await Promise.all(scrapes)).map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 200)).toHaveLength(40);
    expect((await server.inject('/metrics')).statusCode).toBe(200);
  });

  test('D2 probes that wait take no place away from /metrics', async () => {
    const { server } = serverWith({ probe: () => new Promise(() => undefined) });
    const probes = Array.from({ length: 41 }, () => server.inject('/probe?target=a'));
    expect((await Promise.race(probes)).statusCode).toBe(503);
    expect((await server.inject('/metrics')).statusCode).toBe(200);
  });

  test('D1 D2 a connection that sends many requests without waiting takes one place, and no other', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { server } = serverWith({ renderMetrics: () => gate.then(() => 'webserver_up 1\n') });
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    const client = connect(Number(new URL(address).port), '127.0.0.1');
    let answers = '';
    client.on('data', (data) => {
      answers += data.toString();
    });
    client.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(100));
    // Its requests were read when a later one of another kind was.
    client.write('GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n');
    const others = Array.from({ length: 39 }, () => fetch(`${address}/metrics`));
    release();
    expect(new Set((await Promise.all(others)).map(({ status }) => status))).toEqual(
      new Set([200]),
    );
    await expect.poll(() => answers).toContain('healthy');
    expect(answers.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    expect(answers.match(/HTTP\/1.1 503/g)).toHaveLength(99);
    client.destroy();
    await server.close();
  });

  test('D3 a client that leaves returns its place, and its poll is ended', async () => {
    const signals: AbortSignal[] = [];
    const { server } = serverWith({
      probe: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    for (let round = 1; round <= 2; round += 1) {
      const clients = Array.from({ length: 40 }, () => get(`${address}/probe?target=a`));
      for (const client of clients) client.on('error', () => undefined);
      await vi.waitUntil(() => signals.length === 40 * round);
      for (const client of clients) client.destroy();
      await vi.waitUntil(() => signals.every(({ aborted }) => aborted));
    }
    await server.close();
  });

  test('D1 the number of connections is bounded', async () => {
    // 512, and those accepted while the ones that make room for them close.
    expect(serverWith().server.server.maxConnections).toBe(576);
  });

  test('D1 a process that may open few files accepts fewer connections, so that scrapes and polls can open theirs', () => {
    expect(serverWith({}, 64).server.server.maxConnections).toBe(21);
  });

  test('D1 a client that connects and sends nothing does not keep the server from stopping', async () => {
    const { server, cutConnections } = serverWith();
    const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    const client = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await once(server.server, 'connection');
    const closed = server.close();
    cutConnections();
    await closed;
    client.destroy();
  });

  test('/probe refuses with the status and the reason it was given', async () => {
    const { server } = serverWith({
      probe: async () => err({ status: 403, reason: 'not allowed' }),
    });
    const refused = await server.inject('/probe?target=a&module=m');
    expect(refused).toMatchObject({ statusCode: 403, body: 'not allowed\n' });
    expect((await server.inject('/probe')).statusCode).toBe(400);
  });

  test('/-/ready follows the application, /-/healthy does not', async () => {
    const { server } = serverWith({ isReady: () => false });
    expect((await server.inject('/-/ready')).statusCode).toBe(503);
    expect((await server.inject('/-/healthy')).statusCode).toBe(200);
  });

  test('D8 /-/reload takes POST and PUT only, and explains what is wrong with a new configuration', async () => {
    const { server } = serverWith({ reload: async () => err(['c.yml:1:1: x: unknown key']) });
    const refused = await server.inject({ method: 'POST', url: '/-/reload' });
    expect(refused.statusCode).toBe(500);
    expect(refused.body).toContain('c.yml:1:1: x: unknown key');
    const wrongMethod = await server.inject('/-/reload');
    expect(wrongMethod.statusCode).toBe(405);
    expect(wrongMethod.headers['allow']).toBe('POST, PUT');
  });

  test('/targets is HTTP service discovery through /probe of this exporter', async () => {
    const { server } = serverWith();
    const { headers, body } = await server.inject({
      url: '/targets',
      headers: { host: 'exporter:9921' },
    });
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual([
      {
        targets: ['exporter:9921'],
        labels: {
          __metrics_path__: '/probe',
          __param_target: 'shop',
          __meta_keepalive_exporter_server: 'apache',
          instance: 'shop',
        },
      },
    ]);
  });

  test('D5 / has a policy that admits no script, and can be requested without a refresh', async () => {
    const { server } = serverWith();
    const page = await server.inject('/');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toBe('page, refresh true');
    expect((await server.inject('/?refresh=off')).body).toBe('page, refresh false');
  });

  test('D9 a defect is a 500 without its text, and reaches the log', async () => {
    const { server, errors } = serverWith({
      renderMetrics: () => Promise.reject(new Error('inner')),
    });
    const failed = await server.inject('/metrics');
    expect(failed.statusCode).toBe(500);
    expect(failed.body).not.toContain('inner');
    expect(errors.map(({ message }) => message)).toEqual(['inner']);
  });

  test('an unknown path is 404', async () => {
    expect((await serverWith().server.inject('/nothing')).statusCode).toBe(404);
  });
});
