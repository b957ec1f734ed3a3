import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { parseUdpDrops } from '../parse/proc-net-udp.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { syslogMessageStart } from '../parse/syslog-message.ts';

export interface SyslogInput {
  /** Datagrams the kernel threw away because we were too slow; undefined where /proc does not tell. */
  drops(): Promise<number | undefined>;
  receivedBytes(): number;
  close(): Promise<void>;
}

export interface SyslogOptions {
  readonly host: string;
  readonly port: number;
  readonly consume: LineConsumer;
}

/** Room for bursts; the kernel grants at most net.core.rmem_max. */
const receiveBufferBytes = 8 * 1024 * 1024;

/** Receives access-log lines as syslog datagrams, one line each, as nginx and rsyslog send them. */
export async function openSyslogInput({
  host,
  port,
  consume,
}: SyslogOptions): Promise<SyslogInput> {
  const isIpv6 = host.includes(':');
  const socket = createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    recvBufferSize: receiveBufferBytes,
  });
  let received = 0;
  socket.on('message', (datagram) => {
    received += datagram.length;
    const end = datagram.at(-1) === 0x0a ? datagram.length - 1 : datagram.length;
    consume(datagram, syslogMessageStart(datagram), end);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  const bound = socket.address().port;
  return {
    receivedBytes: () => received,
    async drops() {
      const table = await readFile(`/proc/net/udp${isIpv6 ? '6' : ''}`, 'latin1').catch(() => '');
      return parseUdpDrops(table, bound);
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
