import type {
  ConnectionSocket,
  ListenSocket,
  PortSockets,
  SocketTable,
  TcpState,
} from '../snapshot/kernel.ts';
import { tcpStates } from '../snapshot/kernel.ts';
import { recordOf } from './record-of.ts';

/** Names of the states in `ss` of iproute2 (misc/ss.c, sstate_name). */
const stateNames: ReadonlyMap<string, TcpState> = new Map([
  ['ESTAB', 'established'],
  ['SYN-SENT', 'syn_sent'],
  ['SYN-RECV', 'syn_recv'],
  ['FIN-WAIT-1', 'fin_wait1'],
  ['FIN-WAIT-2', 'fin_wait2'],
  ['TIME-WAIT', 'time_wait'],
  ['UNCONN', 'close'],
  ['CLOSE-WAIT', 'close_wait'],
  ['LAST-ACK', 'last_ack'],
  ['LISTEN', 'listen'],
  ['CLOSING', 'closing'],
]);

/** States in which a connection can be held by the server or wait in its accept queue. */
const heldStates: ReadonlySet<TcpState> = new Set([
  'established',
  'close_wait',
  'fin_wait1',
  'fin_wait2',
]);

interface Tally {
  readonly listeners: ListenSocket[];
  readonly sockets: ConnectionSocket[];
  readonly states: Record<TcpState, number>;
}

interface Columns {
  readonly state: TcpState;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

interface Endpoint {
  readonly address: string;
  /** 0 for `*`. */
  readonly port: number;
}

/**
 * Reads the output of `ss -tineaHO`, one line for each socket, such as `ESTAB 0 0 127.0.0.1:80 127.0.0.1:53746 ino:5109
 * sk:2 ... bytes_received:37 ... lastsnd:212 lastrcv:212 ... minrtt:0.037`.
 *
 * Works for iproute2 5.10 to 6.x: columns are found by position and details by name; unknown details are ignored.
 * Without `ports` the table has every listening port, and only those.
 */
export function parseSsSockets(output: Uint8Array, ports?: Iterable<number>): SocketTable {
  const tallies = new Map<number, Tally>();
  for (const port of ports ?? []) tallies.set(port, newTally());
  const text = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const addresses = new Map<string, string>();
  let malformedLines = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(0x0a, start);
    const end = newline === -1 ? text.length : newline;
    // Longer than any line of ss: the rest contains no figure that is read here.
    const line = text.toString('latin1', start, Math.min(end, start + longestLine));
    start = end + 1;
    if (line.trim() === '') continue;
    const columns = parseColumns(line, addresses);
    if (columns === undefined) malformedLines += 1;
    else countSocket(tallies, columns, line, ports === undefined);
  }
  const found = Array.from(tallies, ([port, tally]) => [port, portSockets(tally)] as const);
  return { ports: new Map(found), malformedLines };
}

const longestLine = 4096;

function newTally(): Tally {
  return { listeners: [], sockets: [], states: recordOf(tcpStates, () => 0) };
}

function portSockets({ listeners, sockets, states }: Tally): PortSockets {
  return { listeners, connections: states, sockets };
}

function countSocket(
  tallies: Map<number, Tally>,
  columns: Columns,
  line: string,
  anyListener: boolean,
): void {
  const { state, local } = columns;
  if (anyListener && state === 'listen' && !tallies.has(local.port)) {
    tallies.set(local.port, newTally());
  }
  const tally = tallies.get(local.port);
  if (tally === undefined) return;
  tally.states[state] += 1;
  if (state === 'listen') tally.listeners.push(listenSocket(columns, line));
  else if (heldStates.has(state)) tally.sockets.push(connectionSocket(columns, line));
}

const columnsPattern = /^([A-Z0-9-]+) +(\d{1,15}) +(\d{1,15}) +(\S+) +(\S+)/;

function parseColumns(line: string, addresses: Map<string, string>): Columns | undefined {
  const [, name = '', receiveQueue, sendQueue, local = '', remote = ''] =
    columnsPattern.exec(line) ?? [];
  const state = stateNames.get(name);
  const from = parseEndpoint(local, addresses);
  const to = parseEndpoint(remote, addresses);
  if (state === undefined || from === undefined || to === undefined) return undefined;
  return {
    state,
    receiveQueue: Number(receiveQueue),
    sendQueue: Number(sendQueue),
    local: from,
    remote: to,
  };
}

/** `127.0.0.1:80`, `127.0.0.1%lo:80`, `[::1]:80`, `[::ffff:10.0.0.1]:80`, `[fe80::1]%eth0:80`, `*:80`, `0.0.0.0:*`. */
function parseEndpoint(text: string, addresses: Map<string, string>): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  if (colon < 1 || !/^(?:\d{1,5}|\*)$/.test(port)) return undefined;
  const address = text
    .slice(0, colon)
    .replace(/%[^\]]*$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  return { address: shared(address, addresses), port: port === '*' ? 0 : Number(port) };
}

/** One string for each address, copied from the line: a substring would keep the whole line in memory. */
function shared(address: string, addresses: Map<string, string>): string {
  const known = addresses.get(address);
  if (known !== undefined) return known;
  const copy = Buffer.from(address, 'latin1').toString('latin1');
  addresses.set(copy, copy);
  return copy;
}

/** For a listening socket, Recv-Q is the length of the accept queue and Send-Q its limit (tcp_diag_get_info). */
function listenSocket({ receiveQueue, sendQueue, local }: Columns, line: string): ListenSocket {
  const cgroup = / cgroup:(\S+)/.exec(line)?.[1];
  return {
    address: local.address,
    queueLength: receiveQueue,
    queueLimit: sendQueue,
    inode: detail(line, ' ino:') ?? 0,
    ...(cgroup === undefined ? {} : { cgroup: Buffer.from(cgroup, 'latin1').toString('latin1') }),
  };
}

function connectionSocket(
  { state, receiveQueue, sendQueue, local, remote }: Columns,
  line: string,
): ConnectionSocket {
  const sinceSent = detail(line, ' lastsnd:');
  const sinceReceived = detail(line, ' lastrcv:');
  const minRoundTrip = detail(line, ' minrtt:');
  return {
    state,
    localAddress: local.address,
    remoteAddress: remote.address,
    // A socket has an inode from the time it is accepted until close().
    held: (detail(line, ' ino:') ?? 0) !== 0,
    unreadBytes: receiveQueue,
    unsentBytes: sendQueue,
    receivedBytes: detail(line, ' bytes_received:') ?? 0,
    sentBytes: detail(line, ' bytes_sent:') ?? detail(line, ' bytes_acked:') ?? 0,
    ...(sinceSent === undefined ? {} : { sinceSentSeconds: sinceSent / 1000 }),
    ...(sinceReceived === undefined ? {} : { sinceReceivedSeconds: sinceReceived / 1000 }),
    ...(minRoundTrip === undefined ? {} : { minRoundTripSeconds: minRoundTrip / 1000 }),
  };
}

/** The number after a name such as ` lastsnd:`; ss omits a detail that is 0. */
function detail(line: string, name: string): number | undefined {
  const at = line.indexOf(name);
  if (at === -1) return undefined;
  const value = Number.parseFloat(line.slice(at + name.length, at + name.length + 24));
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
