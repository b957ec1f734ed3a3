import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { parseUdpDrops } from '../parse/proc-net-udp.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { syslogMessageStart } from '../parse/syslog-message.ts';
import { present } from '../present.ts';
import { messageOf } from '../result.ts';
import { isReading, noSourceStats, type SourceCondition } from '../snapshot/log-source.ts';
import { errorCode } from './explain-access.ts';
import type { LogInput } from './log-input.ts';

/** For bursts. The kernel allows at most net.core.rmem_max. */
const receiveBufferBytes = 8 * 1024 * 1024;
/** Interval of attempts while the address is in use or cannot be resolved. */
const retryMilliseconds = 5000;

/** Receives access-log lines as syslog datagrams, one line each, as nginx and rsyslog send them. */
export function openSyslogInput(address: string, consume: LineConsumer): LogInput {
  const { host, port } = splitAddress(address);
  const isIpv6 = host.includes(':');
  let socket: Socket | undefined;
  let received = 0;
  let triedAt = Number.NEGATIVE_INFINITY;
  let condition: SourceCondition = { reason: 'cannot_open', remedy: 'not opened yet' };

  const take = (datagram: Buffer): void => {
    received += datagram.length;
    const end = datagram.at(-1) === 0x0a ? datagram.length - 1 : datagram.length;
    consume(datagram, syslogMessageStart(datagram), end);
  };

  const open = async (): Promise<void> => {
    triedAt = performance.now();
    const type = isIpv6 ? 'udp6' : 'udp4';
    const opened = createSocket({ type, recvBufferSize: receiveBufferBytes });
    try {
      const listening = once(opened, 'listening');
      opened.bind(port, host);
      await listening;
      opened.on('error', () => undefined).on('message', take);
      socket = opened;
      condition = isReading;
    } catch (error) {
      opened.close();
      condition = explainBind(address, error);
    }
  };

  return {
    async poll() {
      const isDue = performance.now() - triedAt >= retryMilliseconds;
      if (socket === undefined && isDue) await open();
      return false;
    },
    condition: () => condition,
    async stats() {
      if (socket === undefined) return { ...noSourceStats, readBytes: received };
      const table = await readFile(`/proc/net/udp${isIpv6 ? '6' : ''}`, 'latin1').catch(() => '');
      const drops = parseUdpDrops(table, socket.address().port);
      return { ...noSourceStats, readBytes: received, ...present({ droppedDatagrams: drops }) };
    },
    place: () => Promise.resolve(undefined),
    async close() {
      const closing = socket;
      socket = undefined;
      if (closing === undefined) return;
      const closed = once(closing, 'close');
      closing.close();
      await closed;
    },
  };
}

function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const split = address.lastIndexOf(':');
  const host = address.slice(0, split).replace(/^\[|\]$/g, '');
  return { host, port: Number(address.slice(split + 1)) };
}

function explainBind(address: string, error: unknown): SourceCondition {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return {
        reason: 'address_in_use',
        remedy: `another process listens on UDP ${address}; choose another port, or end that process`,
      };
    case 'EACCES':
      return {
        reason: 'permission_denied',
        remedy: `ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher port than in ${address}`,
      };
    default:
      return {
        reason: 'cannot_open',
        remedy: `cannot listen on UDP ${address}: ${messageOf(error)}`,
      };
  }
}
