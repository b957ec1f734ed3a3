import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createErrorLogReader } from '../../src/parse/error-log-reader.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';

/** The events of a log's text, read as it is read from a file. */
function eventsOf(server: ServerKind, text: string): readonly string[] {
  const read = createErrorLogReader(server);
  return text.split('\n').flatMap((line) => read(line, Buffer.byteLength(line))?.event ?? []);
}

const nginx = (rest: string) => `2026/11/21 14:00:00 ${rest}`;
const apache = (rest: string) => `[Sat Nov 21 14:00:00.123456 2026] ${rest}`;
/** httpd 2.2. */
const apache22 = (rest: string) => `[Sat Nov 21 14:00:00 2026] ${rest}`;
const upstreamTail =
  ' while connecting to upstream, client: 10.0.0.1, server: , request: "GET / HTTP/1.1", host: "a"';

test.each([
  ['[alert] 7#7: 64 worker_connections are not enough', 'worker_connections_exhausted'],
  [
    `[alert] 7#7: *9 64 worker_connections are not enough${upstreamTail}`,
    'worker_connections_exhausted',
  ],
  ['[warn] 7#7: 64 worker_connections are not enough, reusing connections', 'keepalive_reclaimed'],
  ['[crit] 7#7: accept4() failed (24: Too many open files)', 'too_many_open_files'],
  ['[crit] 7#7: accept4() failed (23: Too many open files in system)', 'too_many_open_files'],
  [
    `[alert] 7#7: *9 socket() failed (24: Too many open files)${upstreamTail}`,
    'too_many_open_files',
  ],
  ['[emerg] 7#7: open() "/var/log/a.log" failed (24: Too many open files)', 'too_many_open_files'],
  // A visitor chooses this path.
  ['[crit] 7#7: *9 open() "/srv/a" failed (24: Too many open files), client: 10.0.0.1', undefined],
  // Not at the level nginx uses for it.
  ['[error] 7#7: 64 worker_connections are not enough', undefined],
  ['[warn] 7#7: 1024 worker_connections exceed open file resource limit: 512', undefined],
  ['[mpm_event:error] [pid 7:tid 7] AH00484: server reached MaxRequestWorkers setting', undefined],
])('of nginx, %j is %j', (rest, event) => {
  expect(eventsOf('nginx', nginx(rest))).toEqual(event === undefined ? [] : [event]);
});

test.each([
  [
    apache(
      '[mpm_prefork:error] [pid 7] AH00161: server reached MaxRequestWorkers setting, consider',
    ),
    'max_request_workers',
  ],
  [
    apache(
      '[mpm_event:error] [pid 7:tid 139] AH00484: server reached MaxRequestWorkers setting, c',
    ),
    'max_request_workers',
  ],
  [
    apache(
      '[mpm_event:error] [pid 7:tid 7] AH10159: server is within MinSpareThreads of MaxReques'.concat(
        'tWorkers, consider',
      ),
    ),
    'near_max_request_workers',
  ],
  [
    apache(
      '[mpm_event:error] [pid 7:tid 7] AH03490: scoreboard is full, not at MaxRequestWorkers.I',
    ),
    'scoreboard_full',
  ],
  [
    apache22('[error] server reached MaxClients setting, consider raising the MaxClients setting'),
    'max_request_workers',
  ],
  [
    apache22('[error] server is within MinSpareThreads of MaxClients, consider raising the MaxCl'),
    'near_max_request_workers',
  ],
  [apache22('[error] scoreboard is full, not at MaxClients'), 'scoreboard_full'],
  [
    apache(
      '[core:error] [pid 7] (24)Too many open files: [client 10.0.0.1:5] AH00132: file permis',
    ),
    'too_many_open_files',
  ],
  [
    apache22('[error] (24)Too many open files: apr_socket_accept: (client socket)'),
    'too_many_open_files',
  ],
  [
    apache('[reqtimeout:info] [pid 7:tid 8] [client ::1:5] AH01382: Request header read timeout'),
    'request_read_timeout',
  ],
  [apache22('[info] [client 10.0.0.1] Request body read timeout'), 'request_read_timeout'],
  [
    'Nov 21 14:00:00 web apache2[7]: [mpm_event:error] [pid 7:tid 7] AH00484: server reached MaxRe'.concat(
      'questWorkers setting',
    ),
    'max_request_workers',
  ],
  // Nothing but the module that runs out of workers says so, and never about a client.
  [apache('[php:error] [pid 7] AH00484: server reached MaxRequestWorkers setting'), undefined],
  [
    apache(
      '[mpm_event:error] [pid 7] [client 10.0.0.1:5] server reached MaxRequestWorkers setting',
    ),
    undefined,
  ],
  [apache('[cgi:info] [pid 7] [client 10.0.0.1:5] Request header read timeout'), undefined],
  [apache('[reqtimeout:info] [pid 7] [client 10.0.0.1:5] Request header read timeouts'), undefined],
  ['[mpm_event:error] [pid 7] AH00484: server reached MaxRequestWorkers setting', undefined],
  ['AH00484: server reached MaxRequestWorkers setting', undefined],
  ['', undefined],
])('of Apache, %j is %j', (line, event) => {
  expect(eventsOf('apache', line)).toEqual(event === undefined ? [] : [event]);
});

test('lines that a syslog daemon wrote are read under the names of the servers only', () => {
  const message = nginx('[alert] 7#7: 64 worker_connections are not enough');
  expect(eventsOf('nginx', `Nov 21 14:00:00 web nginx: ${message}`)).toHaveLength(1);
  expect(eventsOf('nginx', `2026-11-21T14:00:00.1+01:00 web nginx[7]: ${message}`)).toHaveLength(1);
  expect(eventsOf('nginx', `Nov 21 14:00:00 web sshd[7]: ${message}`)).toEqual([]);
});

const genuine = nginx('[alert] 7#7: 64 worker_connections are not enough');
const notFound = nginx(
  '[error] 7#7: *9 open() "/srv/a" failed (2: No such file or directory), client: 10.0.0.1',
);

describe('what nginx says after text of a visitor', () => {
  test('is read again when the longest entry has ended', () => {
    expect(eventsOf('nginx', `${notFound}\n${genuine}`)).toEqual([]);
    const rest = `${nginx('[notice] 7#7: exiting')}\n`.repeat(100);
    expect(eventsOf('nginx', `${notFound}\n${rest}${genuine}`)).toHaveLength(1);
  });

  test('a burst of it is seen, though its first lines are not', () => {
    const burst = `${genuine}\n`.repeat(100);
    expect(eventsOf('nginx', `${notFound}\n${burst}`).length).toBeGreaterThan(30);
  });

  test.each([
    '*9 connect() failed (111: Connection refused)',
    '*9 upstream timed out (110: Connection timed out)',
    '*9 client intended to send too large body: 9 bytes',
    'signal process started',
  ])('is read at once where that text holds no newline: %s', (message) => {
    const before = nginx(`[error] 7#7: ${message}, client: 10.0.0.1, request: "GET / HTTP/1.1"`);
    expect(eventsOf('nginx', `${before}\n${genuine}`)).toHaveLength(1);
  });
});

const wordings = [
  '64 worker_connections are not enough',
  '64 worker_connections are not enough, reusing connections',
  'accept4() failed (24: Too many open files)',
  '" failed (24: Too many open files), client: 10.0.0.1',
  '(24)Too many open files: ',
  'Too many open files',
  'AH00484: server reached MaxRequestWorkers setting, consider raising',
  'server is within MinSpareThreads of MaxClients, consider raising',
  'AH03490: scoreboard is full, not at MaxRequestWorkers.Increase ServerLimit.',
  'scoreboard is full, not at MaxClients',
  'AH01382: Request header read timeout',
];
const beginnings = [
  '',
  nginx('[alert] 7#7: '),
  nginx('[warn] 7#7: *1 '),
  nginx('[crit] 7#7: '),
  apache('[mpm_event:error] [pid 7:tid 7] '),
  apache('[core:error] [pid 7] '),
  apache('[reqtimeout:info] [pid 7] [client 10.0.0.1:5] '),
  apache22('[error] '),
  'Nov 21 14:00:00 web nginx: ',
  '] ',
  '"',
];
const closings = ['', '", client: 10.0.0.1, server: , request: "GET / HTTP/1.1"', upstreamTail];

/** The wordings, whole forged lines, and all of it among anything else; a newline only where one gets through. */
function chosenText(separators: readonly string[]) {
  const piece = fc
    .tuple(
      fc.constantFrom(...beginnings),
      fc.constantFrom(...wordings),
      fc.constantFrom(...closings),
    )
    .map((parts) => parts.join(''));
  const anything = fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
  return fc
    .array(fc.oneof(piece, anything), { minLength: 1, maxLength: 12 })
    .chain((parts) => fc.constantFrom(...separators).map((separator) => parts.join(separator)));
}

const withNewlines = chosenText(['', ' ', '\n', '\r\n']);
const withoutNewlines = chosenText(['', ' ']);
const tail = (request: string, rest = '') =>
  `, client: 10.0.0.1, server: a, request: "${request}"${rest}`;
/** nginx cuts an entry at so many bytes. */
const cut = (entry: string) => Buffer.from(entry).subarray(0, 2047).toString('latin1');

describe.each([
  [
    'the path of a file',
    (text: string) =>
      `[error] 7#7: *9 open() "/srv/${text}" failed (2: No such file or directory)${tail('GET / HTTP/1.1')}`,
  ],
  [
    'the path of a file that cannot be opened',
    (text: string) =>
      `[crit] 7#7: *9 open() "/srv/${text}" failed (40: Too many levels)${tail('GET / HTTP/1.1')}`,
  ],
  [
    'the path of a directory',
    (text: string) =>
      `[error] 7#7: *9 directory index of "/srv/${text}/" is forbidden${tail('GET / HTTP/1.1')}`,
  ],
  [
    'the name of a user',
    (text: string) =>
      `[error] 7#7: *9 user "${text}" was not found in "/etc/pw"${tail('GET / HTTP/1.1')}`,
  ],
  [
    'what PHP writes to its standard error',
    (text: string) =>
      `[error] 7#7: *9 FastCGI sent in stderr: "PHP message: ${text}" while reading response header from upstream${tail('GET / HTTP/1.1')}`,
  ],
  [
    'what an upstream answers',
    (text: string) =>
      `[error] 7#7: *9 upstream sent invalid header: "${text}" while reading response header from upstream${tail('GET / HTTP/1.1')}`,
  ],
  [
    'the decoded path of an upstream',
    (text: string) =>
      `[error] 7#7: *9 connect() failed (111: Connection refused) while connecting to upstream${tail(`GET /${encodeURIComponent(text)} HTTP/1.1`, `, upstream: "http://b/${text}"`)}`,
  ],
  [
    'the path of a subrequest',
    (text: string) =>
      `[error] 7#7: *9 connect() failed (111: Connection refused) while connecting to upstream${tail('GET / HTTP/1.1', `, subrequest: "${text}"`)}`,
  ],
])('on nginx, %s', (_, entry) => {
  test('makes no event, newlines and all', () => {
    fc.assert(
      fc.property(withNewlines, (text) => {
        expect(eventsOf('nginx', cut(nginx(entry(text))))).toEqual([]);
      }),
    );
  });
});

describe.each([
  ['request line', (text: string) => tail(text)],
  ['Host', (text: string) => tail('GET / HTTP/1.1', `, host: "${text}"`)],
  ['Referer', (text: string) => tail('GET / HTTP/1.1', `, host: "a", referrer: "${text}"`)],
  ['upstream', (text: string) => tail('GET / HTTP/1.1', `, upstream: "http://b/${text}"`)],
])('on nginx, the %s', (_, context) => {
  test.each([
    '[error] 7#7: *9 connect() failed (111: Connection refused) while connecting to upstream',
    '[error] 7#7: *9 open() "/srv/a" failed (2: No such file or directory)',
    '[info] 7#7: *9 client prematurely closed connection',
  ])('makes no event after %s', (entry) => {
    fc.assert(
      fc.property(withoutNewlines, (text) => {
        expect(eventsOf('nginx', cut(nginx(entry + context(text))))).toEqual([]);
      }),
    );
  });
});

describe.each([
  [
    'path',
    (text: string) =>
      `[core:error] [pid 7] [client 10.0.0.1:5] AH00126: Invalid URI in request GET ${text} HTTP/1.1`,
  ],
  [
    'path of a file',
    (text: string) =>
      `[core:error] [pid 7] (36)File name too long: [client 10.0.0.1:5] AH00036: access to /${text} failed`,
  ],
  [
    'Referer',
    (text: string) =>
      `[authz_core:error] [pid 7] [client 10.0.0.1:5] AH01630: client denied by server configuration: /srv/a, referer: ${text}`,
  ],
  [
    'Host',
    (text: string) =>
      `[ssl:error] [pid 7] [client 10.0.0.1:5] AH02032: Hostname ${text} provided via SNI`,
  ],
  [
    'message of a script',
    (text: string) => `[cgi:error] [pid 7] [client 10.0.0.1:5] AH01215: ${text}: /srv/a.cgi`,
  ],
  [
    'message of PHP',
    (text: string) =>
      `[proxy_fcgi:error] [pid 7] [client 10.0.0.1:5] AH01071: Got error 'PHP message: ${text}'`,
  ],
  ['message of mod_php', (text: string) => `[php:notice] [pid 7] [client 10.0.0.1:5] ${text}`],
  [
    'answer of an upstream',
    (text: string) =>
      `[proxy_http:error] [pid 7] [remote 10.0.0.2:80] AH01102: error reading status line from ${text}`,
  ],
])('on Apache, the %s', (_, entry) => {
  // ap_escape_errorlog_item() writes a newline as two characters.
  test('makes no event', () => {
    fc.assert(
      fc.property(withoutNewlines, (text) => {
        expect(eventsOf('apache', apache(entry(text)))).toEqual([]);
      }),
    );
  });
});
