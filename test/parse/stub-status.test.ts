import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStubStatus } from '../../src/parse/stub-status.ts';

const page =
  'Active connections: 110 \nserver accepts handled requests\n 321 300 400 \nReading: 2 Writing: 8 Waiting: 100 \n';

describe('parseStubStatus()', () => {
  test('reads every number of the page', () => {
    expect(parseStubStatus(page)).toEqual({
      ok: true,
      value: {
        snapshot: {
          kind: 'nginx',
          active: 110,
          accepts: 321,
          handled: 300,
          requests: 400,
          reading: 2,
          writing: 8,
          waiting: 100,
        },
        badFields: [],
      },
    });
  });

  test("reads Tengine's fourth number", () => {
    const tengine = page
      .replace('requests\n', 'requests request_time\n')
      .replace('400 \n', '400 12345 \n');
    expect(parseStubStatus(tengine)).toMatchObject({
      value: { snapshot: { requests: 400, requestTimeMilliseconds: 12345 } },
    });
  });

  test('takes CRLF line ends', () => {
    expect(parseStubStatus(page.replaceAll('\n', '\r\n'))).toMatchObject({
      value: { snapshot: { waiting: 100 } },
    });
  });

  test('A10 leaves a gauge that wrapped below zero out and names it', () => {
    const leaked = page.replace('Writing: 8', 'Writing: 18446744073709551615');
    expect(parseStubStatus(leaked)).toMatchObject({
      value: { badFields: [{ field: 'writing', line: 4, found: '18446744073709551615' }] },
    });
  });

  test.each(['-3', 'NaN', '1.5'])('A10 leaves a counter of "%s" out, keeps the others', (value) => {
    const result = parseStubStatus(page.replace('321', value));
    if (!result.ok) throw new Error(result.error.found);
    expect(result.value.snapshot).toMatchObject({ handled: 300 });
    expect(result.value.snapshot.accepts).toBeUndefined();
    expect(result.value.badFields).toEqual([{ field: 'accepts', line: 3, found: value }]);
  });

  test.each([
    [page.slice(0, 60), /cut off/],
    ['', /empty page/],
    ['IdleWorkers: 1\nScoreboard: __', /mod_status/],
    ['<html><body>404</body></html>', /HTML page/],
    [`${page}more`, /unexpected/],
  ])('explains %j', (text, found) => {
    const result = parseStubStatus(text);
    expect(result.ok ? '' : result.error.found).toMatch(found);
  });

  test('answers any text without an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseStubStatus(text).ok === 'boolean'));
  });
});
