import { describe, expect, test } from 'vitest';
import { deriveSlotHolders, maskAddress } from '../../src/derive/slot-holders.ts';
import { parseApacheStatusHtml } from '../../src/parse/apache-status-html.ts';
import type { SlotRow } from '../../src/snapshot/slot-table.ts';
import { fixture } from '../support/fixture.ts';

const table = (slots: readonly SlotRow[]) => ({ layout: 'extended' as const, slots });

describe('deriveSlotHolders()', () => {
  test('counts slots by client, largest first, without slots that no client holds', () => {
    const holders = deriveSlotHolders(
      table([
        { state: 'keepalive', client: 'a', secondsSinceRequest: 3 },
        { state: 'keepalive', client: 'b', secondsSinceRequest: 90 },
        { state: 'reading', client: 'b' },
        { state: 'idle', client: 'c', secondsSinceRequest: 1000 },
        { state: 'open', client: 'c' },
      ]),
      false,
    );
    expect(holders).toEqual({
      oldestKeepaliveSeconds: 90,
      topClientSlots: 2,
      clients: 2,
      top: [
        { client: 'b', slots: 2, oldestIdleSeconds: 90 },
        { client: 'a', slots: 1, oldestIdleSeconds: 3 },
      ],
    });
  });

  test('leaves out its own request, one row that has just begun to write', () => {
    const holders = deriveSlotHolders(
      table([
        { state: 'writing', client: 'exporter', secondsSinceRequest: 0 },
        { state: 'writing', client: 'a', secondsSinceRequest: 0 },
        { state: 'writing', client: 'a', secondsSinceRequest: 7 },
        { state: 'keepalive', client: 'a', secondsSinceRequest: 0 },
      ]),
      false,
    );
    expect(holders.top).toEqual([{ client: 'a', slots: 3, oldestIdleSeconds: 0 }]);
  });

  test('keeps all rows of a page without its own request', () => {
    const holders = deriveSlotHolders(
      table([
        { state: 'keepalive', client: 'a', secondsSinceRequest: 0 },
        { state: 'writing', client: 'b', secondsSinceRequest: 1 },
      ]),
      false,
    );
    expect(holders.clients).toBe(2);
  });

  test('of clients with as many slots, shows the one with the longest idle slot first', () => {
    const holders = deriveSlotHolders(
      table([
        { state: 'reading', client: 'busy' },
        { state: 'keepalive', client: 'short', secondsSinceRequest: 0.5 },
        { state: 'keepalive', client: 'long', secondsSinceRequest: 90 },
        { state: 'keepalive', client: 'unknown' },
      ]),
      false,
    );
    expect(holders.top.map(({ client }) => client)).toEqual(['long', 'short', 'busy', 'unknown']);
    expect(holders.oldestKeepaliveSeconds).toBe(90);
  });

  test('a table of idle slots has no client', () => {
    const holders = deriveSlotHolders(table([{ state: 'idle', client: 'a' }]), false);
    expect(holders).toEqual({ topClientSlots: 0, clients: 0, top: [] });
  });

  test('says nothing of clients without ExtendedStatus', () => {
    const page = parseApacheStatusHtml(fixture('apache-2.4.71-prefork-extended-off.html'));
    if (!page.ok) throw new Error(page.error.found);
    const holders = deriveSlotHolders(page.value, false);
    expect(holders).toEqual({ top: [] });
  });

  test.each([
    ['?', '..reading..', 0],
    ['203.0.113.9', '..reading..', 1],
    ['203.0.113.9', 'GET /&lt;/td&gt;&lt;td&gt;_ HTTP/1.1', 1],
  ])('of client %s and request %s there are %s clients', (client, request, clients) => {
    const cells = ['0-0', '7', 'R', client, '?', request].map((text) => `<td>${text}</td>`);
    const headings = ['Srv', 'PID', 'M', 'Client', 'VHost', 'Request'].map(
      (it) => `<th>${it}</th>`,
    );
    const page = parseApacheStatusHtml(
      `<table><tr>${headings.join('')}</tr><tr>${cells.join('')}</tr></table>`,
    );
    if (!page.ok) throw new Error(page.error.found);
    expect(deriveSlotHolders(page.value, false).clients).toBe(clients);
  });

  test('reads a real page of a prefork server with held clients', () => {
    const page = parseApacheStatusHtml(fixture('apache-2.4.71-prefork.html'));
    if (!page.ok) throw new Error(page.error.found);
    const holders = deriveSlotHolders(page.value, true);
    expect(holders.clients).toBe(1);
    expect(holders.topClientSlots).toBeGreaterThan(1);
    expect(holders.top[0]?.client).toBe('127.0.0.x');
  });
});

test.each([
  ['203.0.113.9', '203.0.113.x'],
  ['203.0.113.254', '203.0.113.x'],
  ['203.0.113.254.example.org', 'x.example.org'],
  ['2001:db8:1:2::3', '2001:db8:1:x'],
  ['host.example.org', 'x.example.org'],
])('maskAddress(%s) is %s', (address, masked) => {
  expect(maskAddress(address)).toBe(masked);
});
