import { expect, test } from 'vitest';
import { parseApacheStatusHtml } from '../../src/parse/apache-status-html.ts';

const headings = ['Srv', 'PID', 'Acc', 'M', 'SS', 'Req', 'Client', 'Request'];
const row = (kind: 'td' | 'th', cells: readonly string[]) =>
  `<tr>${cells.map((cell) => `<${kind}>${cell}</${kind}>`).join('')}</tr>`;
const page = (...rows: readonly (readonly string[])[]) =>
  `<html><table>${row('th', headings)}${rows.map((cells) => row('td', cells)).join('')}</table></html>`;

function slotsOf(html: string) {
  const result = parseApacheStatusHtml(html);
  if (!result.ok) throw new Error(result.error.found);
  return result.value;
}

test('parseApacheStatusHtml() reads state, age and client of each slot', () => {
  const table = slotsOf(
    page(
      ['0-0', '7', '1/2/3', 'K', '4', '0', '10.0.0.9', 'GET / HTTP/1.1'],
      ['0-0', '7', '1/2/3', '_', '0', '9', '', 'GET /other HTTP/1.1'],
      ['0-0', '7', '1/2/3', '#', '1', '9', '::1', 'GET / HTTP/1.1'],
    ),
  );
  expect(table).toEqual({
    layout: 'extended',
    slots: [
      { state: 'keepalive', secondsSinceRequest: 4, client: '10.0.0.9' },
      { state: 'idle', secondsSinceRequest: 0 },
      { state: 'unknown', secondsSinceRequest: 1, client: '::1' },
    ],
  });
});

test('parseApacheStatusHtml() hides the client only when both columns say that a request is read', () => {
  const reading = ['0-0', '7', '1/2/3', 'R', '0', '0'];
  const { slots } = slotsOf(
    page(
      [...reading, '?', '..reading..'],
      [...reading, '10.0.0.9', '..reading..'],
      [...reading, '?', 'GET /'],
    ),
  );
  expect(slots.map(({ client }) => client)).toEqual([undefined, '10.0.0.9', '?']);
});

test('parseApacheStatusHtml() leaves out rows that do not fit, and reads the others', () => {
  const good = ['0-0', '7', '1/2/3', 'W', '2', '0', '10.0.0.9', 'GET /'];
  const noState = ['0-0', '7', '1/2/3', ' ', '2', '0', '10.0.0.9', 'GET /'];
  const { slots } = slotsOf(page(good.slice(1), noState, [...good, 'more'], good));
  expect(slots).toEqual([{ state: 'writing', secondsSinceRequest: 2, client: '10.0.0.9' }]);
});

test('parseApacheStatusHtml() knows the page without ExtendedStatus, and says what another page has', () => {
  expect(slotsOf('<pre>  9325 in state: K ,   9326 in state: _ ,</pre>')).toEqual({
    layout: 'pid_only',
    slots: [],
  });
  const other = parseApacheStatusHtml('<table><tr><th>PID</th></tr></table><pre>x</pre>');
  expect(other).toMatchObject({
    ok: false,
    error: {
      found: 'a page with 1 tables and 1 preformatted blocks, none of them with slots',
      remedy: expect.stringContaining('?notable'),
    },
  });
});
