import { describe, expect, test } from 'vitest';
import { deriveApacheListens, deriveNginxListens } from '../../src/derive/configured-listens.ts';
import { deriveHostFigures } from '../../src/derive/host-figures.ts';
import { selectListeners } from '../../src/derive/server-listeners.ts';
import { parseApacheConfig } from '../../src/parse/apache-config/parse-apache-config.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { recordOf } from '../../src/parse/record-of.ts';
import { parseSsSockets } from '../../src/parse/ss-sockets.ts';
import { tcpStates } from '../../src/snapshot/kernel.ts';
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
      'not the sockets that the service manager holds for all services',
      [socket(80, { owners: [1, 7] }), socket(22, { owners: [1, 3] })],
      {},
      ['processes', true, [80]],
    ],
    [
      'the configuration file',
      [socket(80), socket(443)],
      { configured: [{ port: 80 }, { port: 443 }] },
      ['configuration file', true, [80, 443]],
    ],
    [
      'a configuration file without the status page’s port, which cannot be all of it',
      [socket(80), socket(443)],
      { configured: [{ port: 443 }] },
      ['configuration file', false, [80, 443]],
    ],
    [
      'the status page’s port on another address, from the processes',
      [
        socket(80, { owners: [7], address: '127.0.0.1' }),
        socket(80, { owners: [7], address: '10.0.0.1' }),
        socket(80, { owners: [9], address: '10.0.0.2' }),
      ],
      {},
      ['processes', true, [80, 80]],
    ],
    [
      'the status page’s port on another address, from the configuration file',
      [socket(80, { address: '127.0.0.1' }), socket(80, { address: '10.0.0.1' })],
      {
        configured: [
          { port: 80, address: '127.0.0.1' },
          { port: 80, address: '10.0.0.1' },
        ],
      },
      ['configuration file', true, [80, 80]],
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
      'only the status page’s port when nothing shows the others: incomplete',
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

  test('in a container the server may be the first process, which owns its sockets', () => {
    const sockets = [socket(80, { owners: [1] }), socket(443, { owners: [1] })];
    const { origin, endpoints } = selectListeners({ base, sockets, inPod: false });
    expect(origin).toBe('processes');
    expect(endpoints).toEqual([base, { port: 443 }]);
  });

  test('keeps one endpoint for each address of a port, and one without for all addresses', () => {
    const addresses = ['10.0.0.1', '10.0.0.2', '::1'];
    const sockets = [
      socket(80, { owners: [7], address: '*' }),
      ...addresses.map((address) => socket(443, { owners: [7], address })),
      ...['0.0.0.0', '::', '*'].map((address) => socket(8080, { owners: [7], address })),
    ];
    expect(selectListeners({ base, sockets, inPod: false }).endpoints).toEqual([
      base,
      ...addresses.map((address) => ({ port: 443, address })),
      { port: 8080 },
    ]);
  });

  test('watches the status page’s port on all addresses only where the server has it', () => {
    const sockets = [
      socket(80, { owners: [7], address: '127.0.0.1' }),
      socket(80, { owners: [7], address: '0.0.0.0' }),
    ];
    expect(selectListeners({ base, sockets, inPod: false }).endpoints).toEqual([
      base,
      { port: 80, address: '0.0.0.0' },
    ]);
  });

  test('a status page on all addresses covers its port in the configuration file', () => {
    const configured = [
      { port: 80, address: '10.0.0.1' },
      { port: 443, address: '10.0.0.1' },
    ];
    const { endpoints } = selectListeners({
      base: { port: 80 },
      sockets: [],
      configured,
      inPod: false,
    });
    expect(endpoints).toEqual([{ port: 80 }, { port: 443, address: '10.0.0.1' }]);
  });

  test('a configuration file without any address is no source', () => {
    const sockets = [socket(80, { cgroup: '/system.slice/apache2.service' })];
    const selected = selectListeners({ base, sockets, configured: [], inPod: false });
    expect(selected).toEqual({ origin: 'control group', complete: true, endpoints: [base] });
  });

  test('a control group outside of this namespace is no source', () => {
    const sockets = [socket(80, { cgroup: '../web' }), socket(443, { cgroup: '../web' })];
    expect(selectListeners({ base, sockets, inPod: false }).origin).toBe('status URL');
  });

  test('a pod in which nothing listens on the status page’s port is no source', () => {
    const sockets = [socket(443)];
    expect(selectListeners({ base, sockets, inPod: true }).origin).toBe('status URL');
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

test('deriveHostFigures() counts a port of an unknown address with the server that listens on all', () => {
  const lines = [
    'LISTEN 1 30 127.0.0.1:80 0.0.0.0:* ino:1 sk:1 <->',
    'LISTEN 0 511 0.0.0.0:80 0.0.0.0:* ino:2 sk:2 <->',
    'ESTAB 0 0 127.0.0.1:80 10.0.0.9:3 ino:3 sk:1 <->',
    'CLOSE-WAIT 0 0 10.0.0.1:80 10.0.0.9:4 ino:4 sk:1 <->',
    'CLOSE-WAIT 0 0 10.0.0.2:80 10.0.0.9:5 ino:5 sk:1 <->',
  ];
  const table = parseSsSockets(Buffer.from(lines.join('\n')), [80]);
  const { listen } = deriveHostFigures(table, {
    endpoints: [{ port: 80, address: '10.0.0.1' }],
    complete: false,
  });
  expect(listen?.[0]?.connections).toMatchObject({ listen: 1, established: 0, close_wait: 2 });
  expect(listen?.[0]?.activities).toMatchObject({ silent: 2 });
});

test('deriveHostFigures() has queues and no connections without ss, and nothing of other ports', () => {
  const listener = { queueLength: 200, inode: 1 };
  const states = recordOf(tcpStates, () => 0);
  const ports = new Map([
    [80, { listeners: [listener], connections: { ...states, established: 7 } }],
    [81, { listeners: [], connections: states }],
  ]);
  const figures = deriveHostFigures(
    { ports, malformedLines: 0 },
    { endpoints: [80, 81, 82].map((port) => ({ port })), complete: true, somaxconn: 200 },
  );
  expect(figures).toEqual({
    listen: [
      {
        port: 80,
        queueLength: 200,
        queueLimit: 200,
        queueFull: true,
        connections: { ...states, established: 7 },
      },
    ],
    listenComplete: true,
  });
});

test('deriveHostFigures() has no connections of a server that listens on no port', () => {
  const table = parseSsSockets(Buffer.from(''), [80]);
  expect(deriveHostFigures(table, { endpoints: [{ port: 80 }], complete: true })).toEqual({
    listen: [],
    listenComplete: true,
  });
});

test('deriveHostFigures() counts no socket twice, however many endpoints name it', () => {
  const table = parseSsSockets(
    Buffer.from(
      [
        'LISTEN 3 30 0.0.0.0:443 0.0.0.0:* ino:1 sk:1 <->',
        'LISTEN 0 30 [::]:443 [::]:* ino:2 sk:2 <->',
        'ESTAB 0 0 10.0.0.1:443 10.0.0.9:5 ino:5 sk:1 <-> bytes_sent:9 bytes_received:9 lastsnd:10 lastrcv:20',
      ].join('\n'),
    ),
    [443],
  );
  const endpoints = [{ port: 443 }, { port: 443, address: '0.0.0.0' }, { port: 443 }];
  const { listen, connections } = deriveHostFigures(table, { endpoints, complete: true });
  expect(listen).toHaveLength(1);
  expect(listen?.[0]).toMatchObject({ queueLength: 3, queueLimit: 60 });
  expect(connections?.counts.idle).toBe(1);
});

test('deriveHostFigures() reports a full queue when one address of its port is full', () => {
  const figuresOf = (queue: number) => {
    const lines = `LISTEN ${queue} 30 0.0.0.0:80 0.0.0.0:* ino:1 sk:1 <->\nLISTEN 0 511 [::]:80 [::]:* ino:2 sk:2 <->`;
    const table = parseSsSockets(Buffer.from(lines), [80]);
    return deriveHostFigures(table, { endpoints: [{ port: 80 }], complete: true }).listen?.[0];
  };
  expect(figuresOf(30)?.queueFull).toBe(true);
  expect(figuresOf(29)?.queueFull).toBeUndefined();
});

test('deriveNginxListens() reads every form of listen', () => {
  const parsed = parseNginxConfig(`http {
    server { listen 8080; listen *:8081 ssl; listen 127.0.0.1:8082; listen [::]:8083; }
    server { listen unix:/run/nginx.sock; listen localhost; listen 443 quic; listen [::1]; }
    server { }
  }`);
  expect(parsed.ok && deriveNginxListens(parsed.value)).toEqual([
    { port: 8080 },
    { port: 8081 },
    { port: 8082, address: '127.0.0.1' },
    { port: 8083 },
    { port: 80 },
    { port: 80, address: '::1' },
  ]);
});

test('deriveApacheListens() reads every form of Listen', () => {
  const parsed = parseApacheConfig(
    [
      'Listen 8080',
      'listen 127.0.0.1:8081',
      'Listen [::]:8082',
      'Listen [2001:db8::1]:8443 https',
      'Listen 0.0.0.0:8080',
      'Listen localhost:8083',
      'Listen ${PORT}',
    ].join('\n'),
  );
  expect(parsed.ok).toBe(true);
  const directives = parsed.ok
    ? parsed.value.nodes.map(({ name, rest, line }) => ({
        name: name.toLowerCase(),
        args: rest.split(' '),
        line,
        file: 'httpd.conf',
      }))
    : [];
  expect(deriveApacheListens(directives)).toEqual([
    { port: 8080 },
    { port: 8081, address: '127.0.0.1' },
    { port: 8082 },
    { port: 8443, address: '2001:db8::1' },
    { port: 8083 },
  ]);
});
