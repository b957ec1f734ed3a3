import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { httpGet } from '../support/http-get.ts';
import { keep } from '../support/keep.ts';
import { startApachePeer, startNginxPeer } from '../support/peers.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';

/** One page of a real server for both exporters: asked one after the other, each would count the other's request. */
async function freezePage(statusUrl: string) {
  const { body } = await httpGet(statusUrl);
  const reply = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
  return keep(await startHostileServer((socket) => socket.end(reply)));
}

interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  readonly prefix: string;
}

/** What the peer says and we say otherwise, as `name{labels}: theirs / ours`. */
function differences({ ours, theirs, prefix }: Comparison): readonly string[] {
  const own = parseExposition(ours);
  return [...parseExposition(theirs).families]
    .filter(([name]) => name.startsWith(prefix))
    .flatMap(([, { samples }]) => samples)
    .flatMap(({ name, labels, value }) => {
      const said = saidBy(own, name, labels);
      return said === value
        ? []
        : [`${name}${JSON.stringify(labels)}: ${value} / ${said ?? 'absent'}`];
    });
}

function saidBy(own: Exposition, name: string, labels: Readonly<Record<string, string>>) {
  const matches = own.samples(name, labels);
  expect(matches.length, `${name} is said once`).toBeLessThanOrEqual(1);
  return matches[0]?.value;
}

test.each(['prefork', 'worker', 'event'] as const)(
  'Apache %s: every series of Debian’s apache_exporter is ours too, with the same value',
  async (mpm) => {
    const apache = keep(await startApache({ mpm, maxRequestWorkers: 8, threadsPerChild: 4 }));
    const page = await freezePage(apache.statusUrl);
    const statusUrl = `${page.url}/server-status?auto`;
    const peer = keep(await startApachePeer({ statusUrl }));
    const exporter = keep(
      await startExporter({
        config: `targets: [{name: shop, server: apache, status_url: "${statusUrl}"}]`,
      }),
    );
    const theirs = (await httpGet(peer.metricsUrl)).body;
    const found = differences({ ours: await exporter.metrics(), theirs, prefix: 'apache_' });
    // 0.12 counts its own build; 1.x says apache_exporter_build_info through the toolkit. A build is no compatible series.
    expect(found.filter((line) => !line.startsWith('apache_exporter_build_info'))).toEqual([]);
    expect(parseExposition(theirs).value('apache_up')).toBe(1);
  },
);

test('nginx: every series of Debian’s nginx-prometheus-exporter is ours too, with the same value', async () => {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const page = await freezePage(nginx.statusUrl);
  const statusUrl = `${page.url}/stub_status`;
  const peer = keep(await startNginxPeer({ statusUrl }));
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: edge, server: nginx, status_url: "${statusUrl}"}]`,
    }),
  );
  const theirs = (await httpGet(peer.metricsUrl)).body;
  const found = differences({ ours: await exporter.metrics(), theirs, prefix: 'nginx_' });
  // 0.11 names its build nginxexporter_build_info, 1.x nginx_exporter_build_info: of the peer, not of the server.
  expect(found.filter((line) => !/^nginx_?exporter_build_info/.test(line))).toEqual([]);
  expect(parseExposition(theirs).value('nginx_up')).toBe(1);
});
