import { expect, test } from 'vitest';
import {
  findApacheFormat,
  findNginxFormat,
} from '../../src/parse/log-format/find-server-format.ts';

const nginx = `events {}
http {
  log_format short '$remote_addr $status';
  log_format keepalive escape=json
    '{"s":"$status",'
    '"r":"$request"}';
}`;

test.each([
  ['short', '$remote_addr $status'],
  ['keepalive', 'escape=json {"s":"$status","r":"$request"}'],
  ['none', undefined],
])('findNginxFormat() finds %s', (name, format) => {
  expect(findNginxFormat(nginx, name)).toBe(format);
});

test('findNginxFormat() finds nothing in a file that does not parse', () => {
  expect(findNginxFormat('http {', 'short')).toBeUndefined();
});

test('findApacheFormat() joins continued lines and takes the named format only', () => {
  const config =
    'LogFormat "%h" other\n  LogFormat "%h \\"%r\\" \\\n%>s" keepalive\n#LogFormat "%b" gone\n';
  expect(findApacheFormat(config, 'keepalive')).toBe('%h \\"%r\\"  %>s');
  expect(findApacheFormat(config, 'gone')).toBeUndefined();
});
