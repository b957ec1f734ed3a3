import { createSocket } from 'node:dgram';
import { describe, expect, test } from 'vitest';
import { openSyslogInput } from '../../src/io/syslog-input.ts';
import { findFreePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('a syslog datagram', () => {
  async function receive(datagrams: readonly Buffer[]): Promise<readonly string[]> {
    const seen: string[] = [];
    const port = await findFreePort();
    const input = openSyslogInput(`127.0.0.1:${port}`, (bytes, start, end) =>
      seen.push(bytes.toString('latin1', start, end)),
    );
    await input.check();
    const socket = createSocket('udp4');
    for (const datagram of [...datagrams, Buffer.from('<190>Nov 21 03:18:00 h t: last')]) {
      await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
    }
    await waitUntil({ until: 'the last has come', holds: () => seen.at(-1) === 'last' });
    socket.close();
    await input.close();
    return seen.slice(0, -1);
  }

  test('C1 that is empty, huge, without a priority or of an unknown sender is one line or none', async () => {
    const huge = Buffer.alloc(65_000, 'x');
    const seen = await receive([
      Buffer.alloc(0),
      huge,
      Buffer.from('no priority'),
      Buffer.from('<999>Nov 21 03:18:00 h t: beyond 191'),
      Buffer.from('<190>Foo 99 99:99:99 h t: no date'),
      Buffer.from('<190>Nov 21 03:18:00  t: no host'),
    ]);
    expect(seen.map((line) => line.slice(0, 40))).toEqual([
      '',
      'x'.repeat(40),
      'no priority',
      'beyond 191',
      'no date',
      'no host',
    ]);
  });

  test('C1 with several lines is not several requests', async () => {
    const seen = await receive([Buffer.from('<190>Nov 21 03:18:00 h t: one\ntwo\n\n')]);
    expect(seen).toHaveLength(1);
  });
});
