import type { ListenSocket, SocketTable } from '../snapshot/kernel.ts';
import { parseProcNetTcp } from './proc-net-tcp.ts';

/** `   1: 0100007F:4786 00000000:0000 0A 00000000:00000004 00:00000000 00000000    33        0 16504 1 ...` */
const listening =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:0000 0A \S+ \S+ \S+ +\d+ +\d+ +(\d+) /gim;

/** Every listening socket of /proc/net/tcp and tcp6 with its address, which distinguishes servers without `ss`. */
export function parseProcListeners(tables: readonly Uint8Array[]): SocketTable {
  const found = tables.flatMap((table) => {
    const text = Buffer.from(table.buffer, table.byteOffset, table.byteLength).toString('latin1');
    return [...text.matchAll(listening)].map(([, address = '', port = '', inode]) => ({
      address: parseAddress(address),
      port: Number.parseInt(port, 16),
      inode: Number(inode),
    }));
  });
  const addresses = new Map(found.map(({ inode, address }) => [inode, address]));
  const named = (listener: ListenSocket): ListenSocket => {
    const address = addresses.get(listener.inode);
    return address === undefined ? listener : { ...listener, address };
  };
  const { ports, malformedLines } = parseProcNetTcp(
    tables,
    found.map(({ port }) => port),
  );
  const known = Array.from(ports, ([port, sockets]) => {
    return [port, { ...sockets, listeners: sockets.listeners.map(named) }] as const;
  });
  return { ports: new Map(known), malformedLines };
}

/** 32-bit words in the byte order of the machine: little-endian on all platforms of Node.js except s390x. */
function parseAddress(digits: string): string {
  const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) => {
    return (word.match(/../g) ?? []).toReversed();
  });
  const hex = bytes.join('').toLowerCase();
  if (digits.length === 8) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  if (/^0+$/.test(hex)) return '::';
  if (/^0+1$/.test(hex)) return '::1';
  return (hex.match(/.{4}/g) ?? []).join(':');
}
