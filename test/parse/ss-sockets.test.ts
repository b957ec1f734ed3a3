import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSsSockets } from '../../src/parse/ss-sockets.ts';

const parse = (text: string, ports?: readonly number[]) =>
  parseSsSockets(Buffer.from(text, 'latin1'), ports);

// As ss of iproute2 6.1 prints them with -tineaHO, blanks at the end included.
const listener =
  'LISTEN     3      30     127.0.0.1:8124   0.0.0.0:*     ino:9158 sk:3 cgroup:/system.slice/apache2.service <-> bbr cwnd:10 unacked:3   ';
const idle =
  'ESTAB      0      0      127.0.0.1:8124 10.0.0.7:40422 timer:(keepalive,118min,0) uid:33 ino:9160 sk:7 cgroup:/ <-> ts sack cubic wscale:10,10 rto:204 rtt:5.4/1.8 ato:40 mss:32768 bytes_sent:200 bytes_acked:201 bytes_received:5 segs_out:3 lastsnd:304 lastrcv:308 lastack:260 minrtt:0.006 snd_wnd:65536';
const queued =
  'CLOSE-WAIT 1      0      127.0.0.1:8124 127.0.0.1:40402 ino:0 sk:4 cgroup:/ --> ts sack bbr bytes_received:1 lastsnd:304 lastrcv:304 minrtt:0.009';

describe('parseSsSockets()', () => {
  test('reads the queue, the true limit and the control group of a listening socket', () => {
    const sockets = parse(listener, [8124]).ports.get(8124);
    expect(sockets?.listeners).toEqual([
      {
        address: '127.0.0.1',
        queueLength: 3,
        queueLimit: 30,
        inode: 9158,
        cgroup: '/system.slice/apache2.service',
      },
    ]);
  });

  test('reads what each side did last', () => {
    const [socket] = parse(idle, [8124]).ports.get(8124)?.sockets ?? [];
    expect(socket).toEqual({
      state: 'established',
      localAddress: '127.0.0.1',
      remoteAddress: '10.0.0.7',
      held: true,
      unreadBytes: 0,
      unsentBytes: 0,
      receivedBytes: 5,
      sentBytes: 200,
      sinceSentSeconds: 0.304,
      sinceReceivedSeconds: 0.308,
      minRoundTripSeconds: 0.000006,
    });
  });

  test('no process holds a connection without an inode', () => {
    const sockets = parse(`${listener}\n${queued}\n`, [8124]).ports.get(8124);
    expect(sockets?.sockets?.map(({ held }) => held)).toEqual([false]);
    expect(sockets?.connections).toMatchObject({ close_wait: 1, listen: 1, established: 0 });
  });

  test.each([
    ['[::1]:80', '::1'],
    ['[::ffff:10.0.0.1]:80', '10.0.0.1'],
    ['*:80', '*'],
    ['127.0.0.1%lo:80', '127.0.0.1'],
    ['[fe80::1]%eth0:80', 'fe80::1'],
  ])('reads the address %s', (local, address) => {
    const table = parse(`LISTEN 0 511 ${local} *:* ino:1 sk:1 <->`, [80]);
    expect(table.ports.get(80)?.listeners[0]?.address).toBe(address);
  });

  test('reads the bytes sent from an old ss, which reports only those acknowledged', () => {
    const old = 'ESTAB 3 4 10.0.0.1:80 10.0.0.2:9 ino:5 sk:1 bytes_acked:7 lastsnd:0 lastrcv:1500';
    expect(parse(old, [80]).ports.get(80)?.sockets).toEqual([
      {
        state: 'established',
        localAddress: '10.0.0.1',
        remoteAddress: '10.0.0.2',
        held: true,
        unreadBytes: 3,
        unsentBytes: 4,
        receivedBytes: 0,
        sentBytes: 7,
        sinceSentSeconds: 0,
        sinceReceivedSeconds: 1.5,
      },
    ]);
  });

  test('omits details that are no positive number', () => {
    const line = 'ESTAB 0 0 10.0.0.1:80 10.0.0.2:9 ino:5 sk:1 lastsnd:-1 lastrcv:x minrtt:-0.5';
    const [socket = {}] = parse(line, [80]).ports.get(80)?.sockets ?? [];
    expect(Object.keys(socket).filter((key) => key.endsWith('Seconds'))).toEqual([]);
  });

  test('counts a socket that is being closed, and lists only those that a process may hold', () => {
    const line = (state: string) => `${state} 0 0 10.0.0.1:80 10.0.0.2:9 ino:0 sk:1`;
    const states = ['ESTAB', 'CLOSE-WAIT', 'TIME-WAIT', 'SYN-RECV'];
    const sockets = parse(states.map(line).join('\n'), [80]).ports.get(80);
    expect(sockets?.sockets?.map(({ state }) => state)).toEqual(['established', 'close_wait']);
    expect(sockets?.connections).toMatchObject({ time_wait: 1, syn_recv: 1 });
  });

  test.each(['10.0.0.1:123456', '10.0.0.1:x1', '10.0.0.1:1x', ':80', '10.0.0.1'])(
    'counts a line with the address %s as malformed',
    (local) => {
      const table = parse(`ESTAB 0 0 ${local} 10.0.0.2:9 ino:5 sk:1\nESTAB 0 0 a:1 ${local}`, [80]);
      expect(table.malformedLines).toBe(2);
    },
  );

  test('a short line of iproute2 5.10, and a state without details, are read', () => {
    const table = parse(
      'TIME-WAIT 0 0 10.0.0.1:80 10.0.0.2:555 timer:(timewait,53sec,0) ino:0 sk:a\nESTAB 0 0 10.0.0.1:80 10.0.0.2:556 ino:5 sk:b\n',
      [80],
    );
    expect(table.malformedLines).toBe(0);
    expect(table.ports.get(80)?.connections).toMatchObject({ time_wait: 1, established: 1 });
  });

  test('without ports every listening port is listed, in any order of lines', () => {
    const table = parse(`${listener}\nLISTEN 0 511 *:80 *:* ino:2 sk:2 <->\n`);
    expect([...table.ports.keys()]).toEqual([8124, 80]);
  });

  test('lines of no known form are counted, and lose nothing else', () => {
    const table = parse(`Netid State\nESTAB x 0 a:1 b:2\n${idle}\n\n`, [8124]);
    expect(table.malformedLines).toBe(2);
    expect(table.ports.get(8124)?.sockets).toHaveLength(1);
  });

  test('any bytes are read without a throw, and no port appears that was not asked for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect([...parseSsSockets(bytes, [80]).ports.keys()]).toEqual([80]);
      }),
    );
  });

  test('every complete socket line is counted once, with any figures', () => {
    const line = fc
      .tuple(fc.constantFrom('ESTAB', 'CLOSE-WAIT', 'FIN-WAIT-2'), fc.nat(), fc.nat(), fc.nat())
      .map(
        ([state, read, sent, inode]) =>
          `${state} ${read} ${sent} 10.0.0.1:80 10.0.0.2:9 ino:${inode} sk:1`,
      );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const table = parse(lines.join('\n'), [80]);
        expect(table.malformedLines).toBe(0);
        expect(table.ports.get(80)?.sockets).toHaveLength(lines.length);
      }),
    );
  });
});
