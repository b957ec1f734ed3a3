import { readFileSync } from 'node:fs';

const listening = '0A';

/** Connections that wait to be accepted on an IPv4 port, as /proc/net/tcp says: the rx_queue of its LISTEN lines. */
export function acceptQueueOf(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, address, , state]) => address?.endsWith(local) === true && state === listening)
    .reduce((sum, fields) => sum + Number.parseInt(fields[4]?.split(':')[1] ?? '0', 16), 0);
}
