import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProcListeners } from '../../src/parse/proc-listeners.ts';

const tcp = Buffer.from(
  [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:4786 00000000:0000 0A 00000000:00000004 00:00000000 00000000    33        0 16504 1 0000 100 0 0 10 0',
    '   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16505 1 0000 100 0 0 10 0',
    '   2: 0100007F:0051 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 16506 1 0000 100 0 0 10 0',
    '',
  ].join('\n'),
);
const tcp6 = Buffer.from(
  [
    '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:0000000C 00:00000000 00000000     0        0 20001 1 0 100 0 0 10 0',
    '   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20002 1 0 100 0 0 10 0',
    '',
  ].join('\n'),
);

test('parseProcListeners() names every listening socket with its address', () => {
  const { ports } = parseProcListeners([tcp, tcp6]);
  const found = [...ports].flatMap(([port, { listeners }]) =>
    listeners.map(({ address, inode, queueLength }) => [port, address, inode, queueLength]),
  );
  expect(found).toEqual([
    [18310, '127.0.0.1', 16504, 4],
    [80, '0.0.0.0', 16505, 0],
    [80, '::', 20001, 12],
    [81, '::1', 20002, 0],
  ]);
});

test('parseProcListeners() takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(parseProcListeners([bytes]).ports.size).toBeGreaterThanOrEqual(0);
    }),
  );
});
