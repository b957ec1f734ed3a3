import { expect, test } from 'vitest';
import { createRefusedClients } from '../../src/server/refused-clients.ts';

function createRecorded() {
  const clock = { now: 0 };
  const logged: { address: unknown; suppressed: unknown }[] = [];
  const clients = createRefusedClients({
    now: () => clock.now,
    log: (_message, { address, suppressed }) => logged.push({ address, suppressed }),
  });
  return { clock, logged, clients };
}

test('createRefusedClients() logs an address again after an hour, with the number left out', () => {
  const { clock, logged, clients } = createRecorded();
  for (let count = 0; count < 5; count++) clients.note('password', '192.0.2.1');
  clock.now = 3_600_000;
  clients.note('password', '192.0.2.1');
  expect(logged).toEqual([
    { address: '192.0.2.1', suppressed: undefined },
    { address: '192.0.2.1', suppressed: 4 },
  ]);
});

test('createRefusedClients() logs addresses of one IPv6 network as one', () => {
  const { logged, clients } = createRecorded();
  clients.note('certificate', '2001:db8:1:2::1');
  clients.note('certificate', '2001:db8:1:2::2');
  clients.note('certificate', '2001:db8:1:3::1');
  expect(logged.map(({ address }) => address)).toEqual(['2001:db8:1:2::1', '2001:db8:1:3::1']);
});

test('createRefusedClients() counts what it does not log: browsers begin without a password', () => {
  const { logged, clients } = createRecorded();
  clients.note('no_password', '192.0.2.1');
  clients.note('busy', '192.0.2.1');
  expect(logged).toEqual([]);
  expect(clients.counts()).toMatchObject({ no_password: 1, busy: 1, password: 0 });
});
