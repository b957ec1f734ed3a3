import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProcNetTcp } from '../../src/parse/proc-net-tcp.ts';
import { type TcpState, tcpStates } from '../../src/snapshot/kernel.ts';

const header4 = pad(
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
);
const header6 = `${header4.trimEnd()}\n`;

/** Lines of Linux 6; a full Apache prefork with four clients in its accept queue. */
const listening =
  '   1: 0100007F:4786 00000000:0000 0A 00000000:00000004 00:00000000 00000000    33        0 16504 1 000000001fcd4dcb 100 0 0 10 0';
const established =
  '   2: 0100007F:4786 0100007F:D3B4 01 00000000:00000000 00:00000000 00000000    33        0 16510 1 000000001fcd4dcb 20 4 30 10 -1';
const timeWait =
  '   3: 0100007F:4786 0100007F:D3B6 06 00000000:00000000 03:000016B3 00000000     0        0 0 3 0000000079ab1cff';
const clientSide =
  '   4: 0100007F:D3B4 0100007F:4786 01 00000000:00000000 00:00000000 00000000  1000        0 16511 1 000000001fcd4dcb 20 4 30 10 -1';
const listening6 =
  '   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:0000000C 00:00000000 00000000     0        0 20001 1 0000000000000000 100 0 0 10 0';
const mapped6 =
  '   1: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000100007F:D3B4 01 00000000:00000000 00:00000000 00000000    33        0 20002 1 0000000000000000 20 4 30 10 -1';

function pad(line: string): string {
  return `${line.padEnd(149)}\n`;
}

function table4(...lines: readonly string[]): Uint8Array {
  return Buffer.from(header4 + lines.map(pad).join(''), 'latin1');
}

function table6(...lines: readonly string[]): Uint8Array {
  return Buffer.from(header6 + lines.map((line) => `${line}\n`).join(''), 'latin1');
}

interface Expected {
  readonly port: number;
  readonly queues: readonly number[];
  readonly connections: Partial<Record<TcpState, number>>;
  readonly malformedLines?: number;
}

function check(tables: readonly Uint8Array[], expected: Expected): void {
  const { ports, malformedLines } = parseProcNetTcp(tables, [expected.port]);
  const sockets = ports.get(expected.port);
  expect(sockets?.listeners.map((socket) => socket.queueLength)).toEqual(expected.queues);
  const none = Object.fromEntries(tcpStates.map((state) => [state, 0]));
  expect(sockets?.connections).toEqual({ ...none, ...expected.connections });
  expect(malformedLines).toBe(expected.malformedLines ?? 0);
}

test('parseProcNetTcp() reads the accept queue of a LISTEN line and counts states of the local port only', () => {
  check([table4(listening, established, timeWait, clientSide)], {
    port: 18310,
    queues: [4],
    connections: { listen: 1, established: 1, time_wait: 1 },
  });
});

test('parseProcNetTcp() reads the queue and the inode of a listening socket', () => {
  const { ports } = parseProcNetTcp([table4(listening)], [18310]);
  expect(ports.get(18310)?.listeners).toEqual([{ queueLength: 4, inode: 16504 }]);
});

test('parseProcNetTcp() reads the queue and the inode of an IPv6 socket', () => {
  const { ports } = parseProcNetTcp([table6(listening6)], [80]);
  expect(ports.get(80)?.listeners).toEqual([{ queueLength: 12, inode: 20001 }]);
});

test('parseProcNetTcp() reads ports in letters of both cases', () => {
  const tables = [
    table4(established.replace(':4786', ':AFaf'), established.replace(':4786', ':FfFf')),
  ];
  check(tables, { port: 0xafaf, queues: [], connections: { established: 1 } });
  check(tables, { port: 0xffff, queues: [], connections: { established: 1 } });
});

test('parseProcNetTcp() counts IPv6 and IPv4-mapped sockets of a port together with plain IPv4', () => {
  const listening4 = listening.replace(':4786', ':0050');
  check([table4(listening4), table6(listening6, mapped6)], {
    port: 80,
    queues: [4, 12],
    connections: { listen: 2, established: 1 },
  });
});

test('parseProcNetTcp() keeps the listeners of one port apart: SO_REUSEPORT gives each its own queue', () => {
  check([table4(listening, listening.replace(':00000004', ':000001FF'), listening)], {
    port: 18310,
    queues: [4, 511, 4],
    connections: { listen: 3 },
  });
});

test('parseProcNetTcp() has an entry for each requested port, and no other', () => {
  const { ports } = parseProcNetTcp([table4(listening)], [80, 443]);
  expect([...ports.keys()]).toEqual([80, 443]);
  expect(ports.get(80)?.listeners).toEqual([]);
});

test('parseProcNetTcp() maps each of the kernel state numbers', () => {
  const lines = tcpStates.map((_, index) =>
    listening.replace(' 0A ', ` ${(index + 1).toString(16).toUpperCase().padStart(2, '0')} `),
  );
  const every = Object.fromEntries(tcpStates.map((state) => [state, 1]));
  check([table4(...lines)], { port: 18310, queues: [4], connections: every });
});

test.each([
  ['an unknown state', listening.replace(' 0A ', ' 0D ')],
  ['state 0', listening.replace(' 0A ', ' 00 ')],
  ['a port that is no number', listening.replace(':4786', ':47G6')],
  ['no slot number', listening.slice(5)],
  ['no slot number before the colon', listening.replace('1:', ' :')],
  ['no blank after the slot number', listening.replace('1: 0', '1:00')],
  ['another separator before the port', listening.replace(':4786', ';4786')],
  ['no blank before the state', listening.replace(' 0A ', 'x0A ')],
  ['a longer queue', listening.replace(':00000004', ':000000041')],
  ['an inode that is no number', listening.replace(' 16504 ', ' x6504 ')],
  ['a queue that is no number', listening.replace(':00000004', ':0000000x')],
  ['no inode', listening.slice(0, listening.indexOf(' 16504'))],
  ['only its address', '   1: 0100007F:4786'],
  ['nothing', ''],
  ['other words', 'segmentation fault (core dumped)'],
])('parseProcNetTcp() counts a line with %s as malformed and goes on', (_, broken) => {
  check([table4(broken, established)], {
    port: 18310,
    queues: [],
    connections: { established: 1 },
    malformedLines: 1,
  });
});

test('parseProcNetTcp() leaves out a last line that was cut off, wherever the cut is', () => {
  const whole = table4(established, listening);
  const lastLine = whole.length - 150;
  for (let length = lastLine + 1; length < whole.length; length += 1) {
    check([whole.subarray(0, length)], {
      port: 18310,
      queues: [],
      connections: { established: 1 },
      malformedLines: 1,
    });
  }
});

test('parseProcNetTcp() finds nothing wrong in an empty table or one of column names only', () => {
  check([Buffer.alloc(0), table4()], { port: 80, queues: [], connections: {} });
});

test('parseProcNetTcp() counts a table without a line end as malformed', () => {
  check([Buffer.from('no table')], { port: 80, queues: [], connections: {}, malformedLines: 1 });
});

test('parseProcNetTcp() does not take short lines that end where a padded one would for one line', () => {
  const shorter = established.slice(0, established.indexOf(' 20 4 30')).padEnd(120);
  const bytes = Buffer.from(`${header6}${shorter}\n${' '.repeat(28)}\n${shorter}\n`);
  check([bytes], { port: 18310, queues: [], connections: { established: 2 }, malformedLines: 1 });
});

test('parseProcNetTcp() copes with any bytes: no line is counted twice and none is lost', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    const tail = Buffer.concat([
      Buffer.from(header4),
      bytes,
      Buffer.from('\n'),
      table4(listening).subarray(150),
    ]);
    const { ports, malformedLines } = parseProcNetTcp([tail], [18310]);
    const sockets = ports.get(18310);
    const counted = Object.values(sockets?.connections ?? {}).reduce(
      (sum, count) => sum + count,
      0,
    );
    const lines = tail.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), -1);
    expect(counted).toBeGreaterThanOrEqual(1);
    expect(counted + malformedLines).toBeLessThanOrEqual(lines);
  });
  fc.assert(property, { numRuns: 300 });
});
