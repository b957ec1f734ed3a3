import { parseCount } from './number.ts';

/** Datagrams dropped at the sockets of one local port: the last column of /proc/net/udp and udp6. */
export function parseUdpDrops(table: string, port: number): number | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops: number | undefined;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(suffix) !== true) continue;
    drops = (drops ?? 0) + (parseCount(columns.at(-1) ?? '') ?? 0);
  }
  return drops;
}
