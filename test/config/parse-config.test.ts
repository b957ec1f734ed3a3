import { describe, expect, test } from 'vitest';
import { configProblemText, parseConfig } from '../../src/config/parse-config.ts';

function problems(text: string): readonly string[] {
  const parsed = parseConfig(text);
  return parsed.ok ? [] : parsed.error.map((problem) => configProblemText('c.yml', problem));
}

const target = (more = '') =>
  `targets:\n  - name: shop\n    server: apache\n    status_url: http://127.0.0.1/server-status?auto\n${more}`;

describe('parseConfig()', () => {
  test('fills in the defaults of a smallest target', () => {
    const parsed = parseConfig(target());
    expect(parsed.ok && parsed.value.targets[0]).toMatchObject({
      name: 'shop',
      timeout: 5000,
      http: { headers: {} },
      capacity: {},
      sampling: { observation_lane: false },
    });
  });

  test('takes a target without a status page, of which only the logs are read', () => {
    const text = 'targets: [{name: cdn, server: nginx, access_logs: [{path: /a.log}]}]';
    const parsed = parseConfig(text);
    expect(parsed.ok && parsed.value.targets[0]?.status_url).toBe(undefined);
    expect(problems(text)).toEqual([]);
  });

  test.each(['unix:/run/nginx-log.sock', '/run/nginx-log.sock'])(
    'C4 refuses %s as the address of syslog, and the message contains the form to write',
    (address) => {
      const text = `targets: [{name: a, server: nginx, access_logs: [{syslog: "${address}"}]}]`;
      expect(problems(text)).toEqual([
        expect.stringMatching(/unix socket.*cannot receive syslog; write HOST:PORT, such as/),
      ]);
    },
  );

  test('takes the capacity of a target of which only an access log is read: for the advice', () => {
    const text =
      'targets: [{name: cdn, server: apache, access_logs: [{path: /a.log}], capacity: {slots: 5}}]';
    const parsed = parseConfig(text);
    expect(parsed.ok && parsed.value.targets[0]?.capacity.slots).toBe(5);
  });

  test('refuses what a target without a status page has no use for', () => {
    const found = problems(
      'targets: [{name: cdn, server: apache, error_logs: [{path: /a.log}], listen: [80], capacity: {slots: 5}, slot_table: {}}]',
    );
    expect(found).toHaveLength(3);
    for (const text of found) expect(text).toContain('needs status_url');
  });

  test('takes the empty file as an empty configuration', () => {
    expect(parseConfig('')).toMatchObject({ ok: true, value: { targets: [] } });
  });

  test.each([
    [
      'an unknown key',
      target('    statusurl: x\n'),
      /^c\.yml:5:5: targets\[0\]\.statusurl: unknown key; did you mean status_url\?$/,
    ],
    [
      'an unknown key at the top',
      'target: []\n',
      /^c\.yml:1:1: target: unknown key; did you mean targets\?$/,
    ],
    [
      'a missing key',
      'targets: [{name: a, server: apache}]',
      /^c\.yml:1:\d+: targets\[0\]\.status_url: is missing/,
    ],
    [
      'a duration without a unit',
      target('    timeout: 5\n'),
      /^c\.yml:5:5: targets\[0\]\.timeout: write a duration, such as "5s" \(found the number 5\)$/,
    ],
    [
      'a duration in other units',
      target('    timeout: 5 sec\n'),
      /targets\[0\]\.timeout: is not a duration; write one such as/,
    ],
    [
      'a number in place of a text',
      target('    http: {bearer_token: 5}\n'),
      /^c\.yml:5:12: targets\[0\]\.http\.bearer_token: write a text \(found a number\)$/,
    ],
    [
      'a missing key that has a choice of values',
      'targets: [{name: a, status_url: "http://a/"}]',
      /targets\[0\]\.server: is missing; write apache or nginx$/,
    ],
    [
      'a value that is nearly one of a choice',
      'targets: [{name: a, server: apahce, status_url: "http://a/"}]',
      /targets\[0\]\.server: is not a known value; write apache or nginx; did you mean apache\?$/,
    ],
    [
      'an unknown key far below',
      'probe: {modules: {m: {server: nginx, http: {tls: {cafile: x}}}}}',
      /probe\.modules\.m\.http\.tls\.cafile: unknown key; did you mean ca_file\?$/,
    ],
    [
      'a key without its value',
      'targets: [{name: a, server: nginx, status_url: }]',
      /\(found nothing\)/,
    ],
    ['a timeout of nothing', target('    timeout: 0s\n'), /timeout: must be longer than 0/],
    [
      'a server that is not known',
      'targets: [{name: a, server: iis, status_url: "http://a/"}]',
      /targets\[0\]\.server: /,
    ],
    [
      'credentials in the URL',
      'targets: [{name: a, server: nginx, status_url: "http://u:p@a/"}]',
      /status_url: is not a status URL/,
    ],
    [
      'a unix socket for Apache',
      'targets: [{name: a, server: apache, status_url: "unix:/a.sock:/s"}]',
      /status_url: unix: is for nginx only/,
    ],
    [
      'an observation lane for nginx',
      'targets: [{name: a, server: nginx, status_url: "http://a/", sampling: {observation_lane: true}}]',
      /sampling\.observation_lane: is for Apache/,
    ],
    [
      'password and password_file',
      target('    http: {basic_auth: {username: u, password: p, password_file: f}}\n'),
      /basic_auth: needs exactly one of/,
    ],
    [
      'two kinds of credentials',
      target('    http: {basic_auth: {username: u, password: p}, bearer_token: t}\n'),
      /http: takes either basic_auth or a bearer token/,
    ],
    [
      'half of an nginx capacity',
      'targets: [{name: a, server: nginx, status_url: "http://a/", capacity: {worker_processes: 2}}]',
      /capacity: needs both worker_processes and worker_connections/,
    ],
    [
      'a CIDR that is none',
      'probe: {allow: [{cidr: 10.0.0.0/40}]}',
      /probe\.allow\[0\]\.cidr: is not a network; write one such as 10\.0\.0\.0\/8 or fd00::\/8$/,
    ],
    [
      'an empty name',
      'targets: [{name: "", server: nginx, status_url: "http://a/"}]',
      /targets\[0\]\.name: is empty; write a text$/,
    ],
    [
      'a name without end',
      `targets: [{name: ${'x'.repeat(201)}, server: nginx, status_url: "http://a/"}]`,
      /targets\[0\]\.name: must have at most 200 characters$/,
    ],
    [
      'an empty list',
      'probe: {allow: [{host: a, ports: []}]}',
      /ports: is an empty list; add an entry$/,
    ],
    [
      'a port that is too low',
      'probe: {allow: [{host: a, ports: [0]}]}',
      /ports\[0\]: must be at least 1$/,
    ],
    [
      'a port that is too high',
      'probe: {allow: [{host: a, ports: [99999]}]}',
      /ports\[0\]: must be at most 65535$/,
    ],
    [
      'a number that is not positive',
      target('    capacity: {slots: 0}\n'),
      /capacity\.slots: must be greater than 0$/,
    ],
    [
      'a fraction',
      target('    capacity: {slots: 1.5}\n'),
      /capacity\.slots: write a whole number \(found a fraction\)$/,
    ],
    [
      'a path without its first slash',
      'probe: {modules: {m: {server: nginx, path: status}}}',
      /probe\.modules\.m\.path: must begin with \/$/,
    ],
    [
      'a module without a name',
      'probe: {modules: {"": {server: nginx}}}',
      /probe\.modules\.: has an empty name; write a text$/,
    ],
    [
      'a format that is nearly a name',
      target('    access_logs: [{path: a, format: combind}]\n'),
      /format: cannot be used: "combind" is not the name of a format .*; did you mean combined\?$/,
    ],
    [
      'an allow rule for nothing',
      'probe: {allow: [{ports: [80]}]}',
      /probe\.allow\[0\]: needs exactly one of host and cidr/,
    ],
  ])('names line and path of %s', (_, text, wanted) => {
    expect(problems(text)).toContainEqual(expect.stringMatching(wanted));
  });

  test('reports a name that is used twice at its second use', () => {
    const twice = target('  - {name: shop, server: nginx, status_url: "http://a/"}\n');
    expect(problems(twice)).toEqual([
      'c.yml:5:6: targets[1].name: "shop" is used twice; give each target its own name',
    ]);
  });

  test('reports every problem, not only the first, in the order of the lines', () => {
    const found = problems(`prob: {}\n${target('    wrong: 1\n    timeout: x\n')}`);
    expect(found.map((problem) => problem.split(':')[1])).toEqual(['1', '6', '7']);
  });

  test.each([
    ['YAML that does not parse', 'targets: [\n'],
    ['a tab as indentation', 'targets:\n\t- name: a\n'],
    ['a list in place of the mapping', '- a\n'],
    ['aliases that multiply without end', bomb()],
  ])('answers %s with a problem instead of throwing', (_, text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });

  test.each(['[', '{a: ', '- '])(
    'D8 refuses %j that nest without limit, deeper than any stack',
    (piece) => {
      expect(problems(piece.repeat(20_000)).length).toBeGreaterThan(0);
    },
  );
});

test('D8 parseConfig() refuses brackets in a row before the YAML parser counts them, and no text with some', () => {
  const nested = parseConfig(`targets: ${'[ '.repeat(400_000)}`);
  expect(nested).toEqual({ ok: false, error: [{ path: '', message: 'is nested too deeply' }] });
  const some = parseConfig(`targets: [] # ${'[{'.repeat(100)}`);
  expect(some.ok).toBe(true);
});

/** "Billion laughs": nine levels of nine aliases each. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) =>
    level === 0
      ? 'l0: &l0 [x, x, x, x, x, x, x, x, x]'
      : `l${level}: &l${level} [${Array(9)
          .fill(`*l${level - 1}`)
          .join(', ')}]`,
  );
  return `${levels.join('\n')}\n`;
}
