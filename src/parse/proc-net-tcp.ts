import {
  type ListenSocket,
  type PortSockets,
  type SocketTable,
  tcpStates,
} from '../snapshot/kernel.ts';
import { recordOf } from './record-of.ts';

const newline = 0x0a;
const space = 0x20;
const colon = 0x3a;
const listenState = 0x0a;

/** /proc/net/tcp pads every line to 149 characters (seq_setwidth in net/ipv4/tcp_ipv4.c); tcp6 does not. */
const paddedLineLength = 149;

/** Digits of an address: one 32-bit word, or four. */
const ipv4Digits = 8;
const ipv6Digits = 32;

/**
 * Columns from the state on: `0A 00000000:00000000 00:00000000 00000000     0        0 16504 1 ...`: state, queues
 * (sent:received), timer, retransmissions, uid, timeout, inode.
 */
const column = { queues: 1, inode: 6 } as const;

interface Tally {
  readonly listeners: ListenSocket[];
  /** Indexed by the kernel's state number. */
  readonly states: Uint32Array;
}

interface Line {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Index of its newline. */
  readonly end: number;
}

/**
 * Reads the socket tables of the kernel (/proc/net/tcp, /proc/net/tcp6) for some local ports. It works on bytes: with
 * 50,000 sockets, one string for each line would cost more than everything else, and for most lines only the four
 * digits of a port matter. The address of a socket is ignored, so IPv4, IPv6 and `::ffff:` mapped sockets of a port
 * count together.
 *
 * The tables are not a consistent snapshot: the kernel walks them while sockets open and close, so sums may be slightly
 * off.
 */
export function parseProcNetTcp(
  tables: readonly Uint8Array[],
  ports: Iterable<number>,
): SocketTable {
  const tallies = new Map<number, Tally>();
  for (const port of ports) {
    tallies.set(port, { listeners: [], states: new Uint32Array(tcpStates.length + 1) });
  }
  let malformedLines = 0;
  for (const table of tables) malformedLines += scanTable(table, tallies);
  const found = Array.from(tallies, ([port, tally]) => [port, portSockets(tally)] as const);
  return { ports: new Map(found), malformedLines };
}

function portSockets(tally: Tally): PortSockets {
  const connections = recordOf(
    tcpStates,
    (state) => tally.states[tcpStates.indexOf(state) + 1] ?? 0,
  );
  return { listeners: tally.listeners, connections };
}

/** Returns the number of malformed lines. The first line has the column names. */
function scanTable(bytes: Uint8Array, tallies: ReadonlyMap<number, Tally>): number {
  const headerEnd = bytes.indexOf(newline);
  let malformed = 0;
  // Without any newline this is not a table: the scan starts at 0 and counts one malformed line.
  let start = headerEnd + 1;
  while (start < bytes.length) {
    const end =
      headerEnd === paddedLineLength ? endOfPaddedLine(bytes, start) : endOfLine(bytes, start);
    // A last line without its newline is truncated, perhaps within a number.
    if (end === -1) return malformed + 1;
    if (!scanLine({ bytes, start, end }, tallies)) malformed += 1;
    start = end + 1;
  }
  return malformed;
}

/** If the header is padded, all lines are, so the end is known without a search; it is verified. */
function endOfPaddedLine(bytes: Uint8Array, start: number): number {
  const end = start + paddedLineLength;
  return bytes[end] === newline && bytes[end - 1] === space ? end : endOfLine(bytes, start);
}

function endOfLine(bytes: Uint8Array, start: number): number {
  return bytes.indexOf(newline, start);
}

/** `   0: 0100007F:4786 00000000:0000 0A ...`; false when the line has another form. */
function scanLine(line: Line, tallies: ReadonlyMap<number, Tally>): boolean {
  const { bytes } = line;
  const address = afterSlot(line);
  if (address === -1) return false;
  const digits = bytes[address + ipv4Digits] === colon ? ipv4Digits : ipv6Digits;
  const portStart = address + digits + 1;
  const stateStart = portStart + 5 + digits + 6;
  if (bytes[portStart - 1] !== colon || bytes[stateStart - 1] !== space) return false;
  const port = hex(bytes, portStart, portStart + 4);
  if (port === -1 || stateStart + 2 > line.end) return false;
  const tally = tallies.get(port);
  return tally === undefined || count(tally, { bytes, start: stateStart, end: line.end });
}

/** The index after `   0: `, or -1. */
function afterSlot({ bytes, start, end }: Line): number {
  let at = start;
  while (bytes[at] === space) at += 1;
  const slot = at;
  while (isDigit(bytes[at])) at += 1;
  const whole = at > slot && at + 2 < end && bytes[at] === colon && bytes[at + 1] === space;
  return whole ? at + 2 : -1;
}

/** Counts the socket whose columns from the state on are `rest`. */
function count(tally: Tally, rest: Line): boolean {
  const state = hex(rest.bytes, rest.start, rest.start + 2);
  if (state < 1 || state > tcpStates.length) return false;
  if (state === listenState) {
    const socket = listenSocket(rest);
    if (socket === undefined) return false;
    tally.listeners.push(socket);
  }
  tally.states[state] = (tally.states[state] ?? 0) + 1;
  return true;
}

/** There are few LISTEN lines of the requested ports, so their columns may be split as text. */
function listenSocket(rest: Line): ListenSocket | undefined {
  const columns = latin1(rest).split(/ +/);
  const queue = /^[0-9A-F]{8}:([0-9A-F]{8})$/i.exec(columns[column.queues] ?? '')?.[1];
  const inode = wholeNumber(columns[column.inode]);
  if (queue === undefined || inode === undefined) return undefined;
  return { queueLength: Number.parseInt(queue, 16), inode };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** At most 256 characters: all columns that matter, and a bound for malformed lines. */
function latin1({ bytes, start, end }: Line): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 256)));
}

/** The number written in hexadecimal digits, or -1. */
function hex(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = hexDigit(bytes[at]);
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (isDigit(byte)) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
