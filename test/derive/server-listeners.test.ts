import { describe, expect, test } from 'vitest';
import { deriveHostFigures } from '../../src/derive/host-figures.ts';
import { deriveNginxPorts } from '../../src/derive/nginx-ports.ts';
import { selectListeners } from '../../src/derive/server-listeners.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { parseSsSockets } from '../../src/parse/ss-sockets.ts';
import type { ListeningSocket } from '../../src/snapshot/listeners.ts';

const socket = (port: number, more: Partial<ListeningSocket> = {}): ListeningSocket => ({
  port,
  address: '0.0.0.0',
  inode: port,
  owners: [],
  ours: false,
  ...more,
});

const base = { port: 80, address: '127.0.0.1' };

describe('selectListeners()', () => {
  test.each([
    [
      'the processes that hold the status page’s port',
      [socket(80, { owners: [7, 8] }), socket(443, { owners: [8] }), socket(22, { owners: [3] })],
      {},
      ['processes', true, [80, 443]],
    ],
    [
      'not what the service manager holds for everybody',
      [socket(80, { owners: [1, 7] }), socket(22, { owners: [1, 3] })],
      {},
      ['processes', true, [80]],
    ],
    [
      'the configuration file',
      [socket(80), socket(443)],
      { configured: [443] },
      ['configuration file', true, [80, 443]],
    ],
    [
      'the control group',
      [
        socket(80, { cgroup: '/system.slice/apache2.service' }),
        socket(443, { cgroup: '/system.slice/apache2.service' }),
        socket(22, { cgroup: '/system.slice/ssh.service' }),
      ],
      {},
      ['control group', true, [80, 443]],
    ],
    [
      'a pod: all that is not ours',
      [socket(80), socket(8080), socket(9921, { ours: true })],
      { inPod: true },
      ['pod', true, [80, 8080]],
    ],
    [
      'only the status page’s port where nothing tells, and that is incomplete',
      [socket(80, { cgroup: '/' }), socket(443, { cgroup: '/' })],
      {},
      ['status URL', false, [80]],
    ],
  ] as const)('%s', (_, sockets, more, [origin, complete, ports]) => {
    const selected = selectListeners({ base, sockets, inPod: false, ...more });
    expect(selected.origin).toBe(origin);
    expect(selected.complete).toBe(complete);
    expect(selected.endpoints.map(({ port }) => port)).toEqual(ports);
  });
});

describe('deriveHostFigures()', () => {
  const line = (local: string, peer: number) =>
    `ESTAB 0 0 ${local}:80 10.0.0.9:${peer} ino:${peer} sk:1 <-> bytes_sent:9 bytes_received:9 lastsnd:10 lastrcv:20`;
  const table = parseSsSockets(
    Buffer.from(
      [
        'LISTEN 2 30 127.0.0.1:80 0.0.0.0:* ino:1 sk:1 <->',
        'LISTEN 0 511 0.0.0.0:80 0.0.0.0:* ino:2 sk:2 <->',
        line('127.0.0.1', 3),
        line('10.0.0.1', 4),
        line('10.0.0.1', 5),
      ].join('\n'),
    ),
    [80],
  );
  const figuresOf = (address?: string) =>
    deriveHostFigures(table, {
      endpoints: [{ port: 80, ...(address === undefined ? {} : { address }) }],
      complete: true,
    });

  test.each([
    ['127.0.0.1', 2, 30, 1],
    ['10.0.0.1', 0, 511, 2],
    [undefined, 2, 541, 3],
  ])('two servers on one port: %s', (address, queue, limit, idle) => {
    const { listen, connections } = figuresOf(address);
    expect(listen).toHaveLength(1);
    expect(listen?.[0]).toMatchObject({ queueLength: queue, queueLimit: limit });
    expect(listen?.[0]?.connections['established']).toBe(idle);
    expect(connections?.counts.idle).toBe(idle);
  });
});

test('deriveNginxPorts() reads every form of listen', () => {
  const parsed = parseNginxConfig(`http {
    server { listen 8080; listen *:8081 ssl; listen 127.0.0.1:8082; listen [::]:8083; }
    server { listen unix:/run/nginx.sock; listen localhost; listen 443 quic; }
    server { }
  }`);
  expect(parsed.ok && deriveNginxPorts(parsed.value)).toEqual([8080, 8081, 8082, 8083, 80]);
});
