import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { parseUdpDrops } from '../parse/proc-net-udp.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { syslogMessageStart } from '../parse/syslog-message.ts';
import { present } from '../present.ts';
import { messageOf } from '../result.ts';
import {
  isReading,
  noSourceStats,
  type SourceCondition,
  type SourceStats,
} from '../snapshot/log-source.ts';
import { errorCode } from './explain-access.ts';
import type { LogInput } from './log-input.ts';

/** For bursts. The kernel allows at most net.core.rmem_max. */
const receiveBufferBytes = 8 * 1024 * 1024;
/** Interval of attempts while the address is in use or cannot be resolved. */
const retryMilliseconds = 5000;

/** Receives access-log lines as syslog datagrams, one line each, as nginx and rsyslog send them. */
export function openSyslogInput(address: string, consume: LineConsumer): LogInput {
  return new SyslogInput(address, consume);
}

class SyslogInput implements LogInput {
  readonly #address: string;
  readonly #consume: LineConsumer;
  #socket: Socket | undefined;
  #readBytes = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #condition: SourceCondition = { reason: 'cannot_open', remedy: 'not opened yet' };

  constructor(address: string, consume: LineConsumer) {
    this.#address = address;
    this.#consume = consume;
  }

  async check(): Promise<boolean> {
    const isDue = performance.now() - this.#triedAt >= retryMilliseconds;
    if (this.#socket === undefined && isDue) await this.#open();
    return false;
  }

  condition(): SourceCondition {
    return this.#condition;
  }

  async stats(): Promise<SourceStats> {
    const stats = { ...noSourceStats, readBytes: this.#readBytes };
    if (this.#socket === undefined) return stats;
    const { family, port } = this.#socket.address();
    const path = family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp';
    const table = await readFile(path, 'latin1').catch(() => '');
    return { ...stats, ...present({ droppedDatagrams: parseUdpDrops(table, port) }) };
  }

  place(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }

  async #open(): Promise<void> {
    this.#triedAt = performance.now();
    const { host, port } = splitAddress(this.#address);
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, recvBufferSize: receiveBufferBytes });
    try {
      const listening = once(socket, 'listening');
      socket.bind(port, host);
      await listening;
      socket.on('error', () => undefined).on('message', (datagram) => this.#take(datagram));
      this.#socket = socket;
      this.#condition = isReading;
    } catch (error) {
      socket.close();
      this.#condition = explainBind(this.#address, error);
    }
  }

  #take(datagram: Buffer): void {
    this.#readBytes += datagram.length;
    const end = datagram.at(-1) === 0x0a ? datagram.length - 1 : datagram.length;
    this.#consume(datagram, syslogMessageStart(datagram), end);
  }
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
