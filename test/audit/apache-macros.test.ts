import { expect, test } from 'vitest';
import { expandApacheConfig } from '../../src/audit/expand-apache-config.ts';
import type { ConfigDirective } from '../../src/snapshot/config-tree.ts';

async function expand(
  lines: readonly string[],
  existing: readonly string[] = [],
  defines: readonly string[] = [],
) {
  const tree = await expandApacheConfig('/etc/httpd/conf/httpd.conf', {
    read: async (path) => [{ path, text: lines.join('\n') }],
    exists: async (path) => existing.includes(path),
    version: '2.4.62',
    environment: new Map(),
    defines,
  });
  if (!tree.ok) return { error: tree.error };
  const { directives, unread } = tree.value;
  return {
    lines: directives.flatMap(print),
    unread: unread.map((one) => `${one.at.line} ${one.what}`),
  };
}

function print({ name, args, line, block = [] }: ConfigDirective): readonly string[] {
  return [[line, name, ...args].join(' '), ...block.flatMap(print)];
}

/** test/scenarios/audit-oracle.test.ts asks Apache itself; here stands what it refuses. */
test('a macro is replaced by its lines, which keep their place in the file', async () => {
  const used = await expand([
    '<Macro Host $name $timeout>',
    '<VirtualHost *:80>',
    '  ServerName $name',
    '  KeepAliveTimeout $timeout',
    '</VirtualHost>',
    '</Macro>',
    'Use Host a.example 7',
    'use HOST "b.example" 8',
  ]);
  expect(used).toEqual({
    lines: [
      ...['2 virtualhost *:80', '3 servername a.example', '4 keepalivetimeout 7'],
      ...['2 virtualhost *:80', '3 servername b.example', '4 keepalivetimeout 8'],
    ],
    unread: [],
  });
});

const undecided = ': left out, because the audit cannot tell whether it applies';

test.each([
  [['Use Host a'], '1 macro "Host" is not defined above'],
  [['<Macro A $x>', '</Macro>', 'Use A'], '3 macro "A" is used with 0 arguments; it has 1'],
  [['<Macro A>', 'Use A', '</Macro>', 'Use A'], '2 macro "A" uses itself'],
  [['<Macro A>', '</Macro>', 'UndefMacro A', 'Use A'], '4 macro "A" is not defined above'],
  [[`<Macro A${' $x'.repeat(101)}>`, '</Macro>'], '1 macro "A" has more than 100 arguments'],
  [['<IfDirective Unheard>', '</IfDirective>'], `1 <IfDirective Unheard>${undecided}`],
  [['<IfSection !Unheard>', '</IfSection>'], `1 <IfSection !Unheard>${undecided}`],
  // Without LoadModule the module may be built in.
  [['<IfDirective ProxyPass>', '</IfDirective>'], `1 <IfDirective ProxyPass>${undecided}`],
  [['<Perl>', '</Perl>'], '1 <Perl>: the audit does not run Perl code, which can add directives'],
  [['<IfVersion ~ (a+)+>', '</IfVersion>'], `1 <IfVersion ~ (a+)+>${undecided}`],
  [
    ['<IfDefine SSL>', 'Listen 443', '</IfDefine>'],
    '1 <IfDefine SSL>: left out, because no line defines SSL; if Apache runs with -D SSL, audit with --define=SSL',
  ],
  [['Define A', 'ServerAdmin ${A}'], '2 ${A} is not defined'],
])('what cannot be read is named with its line: %j', async (lines, wanted) => {
  expect((await expand(lines)).unread).toEqual([wanted]);
});

test('IfDirective and IfSection ask whether a module that is loaded above has it', async () => {
  const load = 'LoadModule proxy_module modules/mod_proxy.so';
  const names = ['IfDirective ProxyPass', 'IfDirective !ProxyPass', 'IfSection Proxy'];
  const closed = (name: string, at: number) => [
    `<${name}>`,
    `Timeout ${at}`,
    `</${name.split(' ')[0]}>`,
  ];
  const found = await expand([
    'LoadModule env_module modules/mod_env.so',
    ...names.flatMap(closed),
    load,
    ...names.flatMap((name, at) => closed(name, at + 3)),
  ]);
  expect(found.lines?.filter((line) => line.includes('timeout'))).toEqual([
    '6 timeout 1',
    '13 timeout 3',
    '19 timeout 5',
  ]);
  expect(found.unread).toEqual([]);
});

test('IfDefine knows the names of Define lines and of --define', async () => {
  const section = (name: string) => [`<IfDefine ${name}>`, `Listen ${name}`, '</IfDefine>'];
  const lines = [
    ...['<IfModule absent_module>', 'Define LATER', '</IfModule>', 'Define READ'],
    // Debian defines a name inside of a condition, and asks for it below.
    ...['LATER', 'READ', 'GIVEN', '!OTHER'].flatMap(section),
  ];
  expect(await expand(lines, [], ['GIVEN'])).toEqual({
    lines: ['4 define READ', '9 listen READ', '12 listen GIVEN', '15 listen !OTHER'],
    unread: [],
  });
});

test('IfFile tests a file below ServerRoot, and reads ! before the quotes', async () => {
  const lines = ['conf/a', '!conf/a', '!none', '"!none"', '"/srv/b"'].flatMap((name, index) => [
    `<IfFile ${name}>`,
    `Timeout ${index}`,
    '</IfFile>',
  ]);
  const found = await expand(lines, ['/etc/httpd/conf/a', '/srv/b']);
  expect(found.lines).toEqual(['2 timeout 0', '8 timeout 2', '14 timeout 4']);
});

/** Each doubles what the one before makes, so that thirty lines would fill all memory. */
test.each([
  [
    'variables',
    ['Define A aaaaaaaaaa', ...Array.from({ length: 30 }, () => 'Define A ${A}${A}')],
    /:19: more than 4194304 characters/,
  ],
  [
    'macros',
    [
      ...Array.from({ length: 19 }, (_, at) => [
        `<Macro M${at} $x>`,
        ...(at === 0 ? ['Timeout 1'] : [`Use M${at - 1} $x$x`, `Use M${at - 1} $x$x`]),
        '</Macro>',
      ]).flat(),
      'Use M18 aaaaaaaa',
    ],
    /: more than \d+ (?:characters|directives)/,
  ],
  [
    'nested macros',
    [
      ...Array.from({ length: 25 }, (_, at) => [
        `<Macro M${at}>`,
        `Use M${at - 1}`,
        '</Macro>',
      ]).flat(),
      'Use M24',
    ],
    /: includes nest deeper than 20/,
  ],
])('%s that grow without end are an error with the line', async (_, lines, wanted) => {
  expect((await expand(lines)).error).toMatch(wanted);
});
