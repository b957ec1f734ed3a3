import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/doc-blocks.ts';
import type { Exposition } from '../support/exposition.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { createNode, startContainer } from '../support/kubelet.ts';

const overlay = join(repository, 'deploy/kubernetes/overlays/node-logs');

/** A line as ingress-nginx writes it to stdout: docs/log-formats.md, `upstreaminfo`. */
const accessLine = (status: number) =>
  `10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET /cart HTTP/1.1" ${status} 512 "-" "curl/8" 420 0.031 [shop-web-80] [] 10.1.2.3:8080 512 0.030 ${status} 9f3c2a`;
const errorLine =
  '2026/11/21 03:18:00 [alert] 31#31: *5 1024 worker_connections are not enough while connecting to upstream';

test('the configuration of node-logs counts the lines of ingress-nginx in the directories of kubelet', async () => {
  const path = await keepTempDirectory('node');
  const node = await createNode(path);
  const name = { namespace: 'ingress-nginx', container: 'controller' };
  const first = await startContainer(node, { ...name, pod: 'ingress-nginx-controller-7d4b' });
  await startContainer(node, { ...name, namespace: 'blog', pod: 'web-1' });
  const shipped = readFileSync(join(overlay, 'config.yml'), 'utf8')
    .replaceAll('/var/log/pods', node.pods)
    .replaceAll('/var/lib/keepalive-exporter', join(path, 'checkpoint'));
  const { metrics } = await startInProcess(parse(shipped) as object);
  const until = async (holds: (exposition: Exposition) => boolean) =>
    expect.poll(async () => holds(await metrics()), { timeout: 60_000 }).toBe(true);
  const lines = (count: number) => (exposition: Exposition) =>
    exposition.value('webserver_log_lines_total', { result: 'parsed' }) === count;
  await until((exposition) => exposition.sum('webserver_log_source_up') >= 1);

  await first.write([accessLine(200), accessLine(503)]);
  await first.write([errorLine], 'stderr');
  await until(lines(2));
  await first.rotate();
  await first.write([accessLine(200)]);
  await until(lines(3));
  await first.rotate();
  const restarted = await first.restart();
  await restarted.write([accessLine(200)]);
  const second = await startContainer(node, { ...name, pod: 'ingress-nginx-controller-9c1f' });
  await second.write([accessLine(404)]);
  await until(lines(5));

  const exposition = await metrics();
  expect(exposition.value('webserver_log_lines_total', { result: 'unparsed' })).toBe(0);
  expect(exposition.value('webserver_log_request_duration_seconds_count')).toBe(5);
  expect(exposition.value('webserver_log_skipped_bytes_total')).toBe(0);
  const events = { event: 'worker_connections_exhausted' };
  await until((now) => now.value('webserver_error_log_events_total', events) === 1);
});

test('the DaemonSet mounts where the configuration reads, and runs on every node', () => {
  const text = readFileSync(join(overlay, 'daemon-set.yaml'), 'utf8');
  const { spec } = parse(text) as {
    spec: {
      template: {
        spec: {
          tolerations: object[];
          containers: { volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[] }[];
          volumes: { name: string; hostPath?: { path: string } }[];
        };
      };
    };
  };
  const { tolerations, containers, volumes } = spec.template.spec;
  expect(tolerations).toEqual([{ operator: 'Exists' }]);
  const onNode = volumes.flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path]] : []));
  const mounted = containers[0]?.volumeMounts.map(({ name, mountPath }) => [name, mountPath]);
  expect(mounted).toEqual(expect.arrayContaining(onNode));
  const config = parse(readFileSync(join(overlay, 'config.yml'), 'utf8')) as {
    targets: { access_logs: { path: string }[]; error_logs: { path: string }[] }[];
    checkpoint: { directory: string };
  };
  const reads = config.targets.flatMap((target) => [...target.access_logs, ...target.error_logs]);
  const below = (path: string) => onNode.some(([, directory]) => path.startsWith(`${directory}`));
  for (const path of [...reads.map((log) => log.path), config.checkpoint.directory])
    expect(below(path), path).toBe(true);
});
