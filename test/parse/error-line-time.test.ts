import { expect, test } from 'vitest';
import { parseApacheErrorLine } from '../../src/parse/apache-error-line.ts';
import { parseNginxErrorLine } from '../../src/parse/nginx-error-line.ts';

/** In the server's own zone, counted as if that were UTC. */
const wall = Date.UTC(2026, 10, 3, 14, 5, 9) / 1000;

test.each([
  '[Tue Nov 03 14:05:09.123456 2026] [core:notice] [pid 7] AH00094: Command line',
  '[Tue Nov 03 14:05:09 2026] [notice] caught SIGTERM',
])('parseApacheErrorLine() reads the time of %s', (line) => {
  expect(parseApacheErrorLine(line).wallSeconds).toBe(wall);
});

test('parseNginxErrorLine() reads the time on the line', () => {
  expect(parseNginxErrorLine('2026/11/03 14:05:09 [notice] 7#7: start').wallSeconds).toBe(wall);
});

test('a line of syslog bears the time of syslog, which is left out', () => {
  const line = 'Nov  3 14:05:09 web apache2[7]: [mpm_event:error] [pid 7:tid 7] AH00484: x';
  expect(parseApacheErrorLine(line)).not.toHaveProperty('wallSeconds');
});
