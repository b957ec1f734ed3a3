import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownersOfDirectives, ownersOfSections } from '../../src/audit/apache-known-names.ts';
import { expandApacheConfig } from '../../src/audit/expand-apache-config.ts';
import { expandNginxConfig } from '../../src/audit/expand-nginx-config.ts';
import { readBinaryVersion } from '../../src/io/read-binary-version.ts';
import { createSourceReader, fileExists } from '../../src/io/source-reader.ts';
import { parseEnvvars } from '../../src/parse/apache-config/envvars.ts';
import { splitApacheWords } from '../../src/parse/apache-config/split-words.ts';
import type { ConfigDirective } from '../../src/snapshot/config-tree.ts';
import { requireBinary } from '../support/find-binary.ts';
import { keepTempDirectory } from '../support/keep.ts';

const run = promisify(execFile);

/** mod_info writes the configuration as Apache has read it: file, line, and directive of what is in force. */
async function dumpApache(file: string, environment: ReadonlyMap<string, string>) {
  const info = 'LoadModule info_module /usr/lib/apache2/modules/mod_info.so';
  const { stdout } = await run(
    requireBinary('apache2'),
    ['-f', file, '-c', info, '-t', '-D', 'DUMP_CONFIG'],
    { env: { ...process.env, ...Object.fromEntries(environment) }, maxBuffer: 1e8 },
  );
  return readDump(stdout);
}

function readDump(text: string): readonly string[] {
  const directives: string[] = [];
  let file = '';
  let before = 0;
  let line = 0;
  for (const raw of text.split('\n')) {
    const [, named] = /^\s*# In file: (.*)$/.exec(raw) ?? [];
    const [, number] = /^\s*#\s+(\d+):$/.exec(raw) ?? [];
    if (named !== undefined) {
      // Lines of a macro are counted from its first one.
      const macro = /^macro '.*?' \(defined on line (\d+) of "(.*?)"\)/.exec(named);
      before = Number(macro?.[1] ?? 0);
      file = macro?.[2] ?? named;
    } else if (number !== undefined) line = before + Number(number);
    else if (/^\s*(?:<\/|$)/.test(raw)) continue;
    else directives.push(`${file}:${line} ${normal(raw.trim())}`);
  }
  return directives;
}

/** Words only: the dump keeps the quotes of the file. */
function normal(text: string): string {
  const [, open = '', name = '', rest = ''] = /^(<?)(\S+?)(?:\s+(.*?))?>?$/s.exec(text) ?? [];
  const args = open === '' ? text.slice(name.length) : rest;
  return [name.toLowerCase(), ...splitApacheWords(args)].join(' ');
}

function flatten(directives: readonly ConfigDirective[]): readonly string[] {
  return directives.flatMap(({ name, args, file, line, block = [] }) => [
    `${file}:${line} ${[name, ...args].join(' ')}`,
    ...flatten(block),
  ]);
}

/** Read at once by Apache, so they are not in its tree. */
const atOnce =
  /:\d+ (?:loadmodule|define|undefine|undefmacro|serverroot|defaultruntimedir|error)(?: |$)/;

async function readApache(file: string, environment: ReadonlyMap<string, string>) {
  const version = (await readBinaryVersion('apache')) ?? '';
  const tree = await expandApacheConfig(file, {
    read: createSourceReader(),
    exists: fileExists,
    version,
    environment,
  });
  if (!tree.ok) throw new Error(tree.error);
  return flatten(tree.value.directives).filter((text) => !atOnce.test(text));
}

test("Debian's configuration of Apache is read as Apache reads it, directive by directive", async () => {
  const environment = parseEnvvars(await readFile('/etc/apache2/envvars', 'utf8'));
  const file = '/etc/apache2/apache2.conf';
  const dumped = await dumpApache(file, environment);
  expect(dumped.length).toBeGreaterThan(50);
  expect(await readApache(file, environment)).toEqual(dumped);
});

test.each(['event', 'prefork'])(
  'Apache %s knows each name of the table of modules',
  async (mpm) => {
    const directory = await keepTempDirectory('oracle');
    const file = join(directory, 'httpd.conf');
    const owners = [...ownersOfDirectives.values(), ...ownersOfSections.values()].flat();
    const loaded = new Set(
      owners.filter((name) => !builtIn.test(name)).concat(`mpm_${mpm}_module`),
    );
    const asked = [
      ...[...ownersOfDirectives.keys()].map((name) => `IfDirective ${name}`),
      ...[...ownersOfSections.keys()].map((name) => `IfSection ${name}`),
    ];
    const text = (modules: readonly string[]) =>
      [
        `ServerRoot "${directory}"`,
        `ErrorLog "${directory}/error.log"`,
        ...modules.map((id) => {
          const name = id.replace(/_module$/, '');
          return `LoadModule ${id} /usr/lib/apache2/modules/mod_${name}.so`;
        }),
        ...asked.flatMap((one, at) => [`<${one}>`, `ServerAdmin ${at}`, `</${one.split(' ')[0]}>`]),
      ].join('\n');
    for (const modules of [[...loaded], [`mpm_${mpm}_module`, 'authz_core_module']]) {
      await writeFile(file, `${text(modules)}\n`);
      const dumped = await dumpApache(file, new Map());
      expect(await readApache(file, new Map())).toEqual(dumped);
      expect(dumped.length).toBeGreaterThan(25);
    }
  },
);

/** Of Debian's apache2, or one of the other MPMs. */
const builtIn = /^(?:core|so|log_config|unixd|version|mpm_\w+)_module$/;

type Line = string | { readonly open: string; readonly lines: readonly Line[] };

/** No continued directives: the dump gives the line they end in, the audit the line they begin in. */
const line = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => `KeepAliveTimeout ${n}`),
  fc.constantFrom('KeepAlive On', 'Timeout 7', 'ServerAdmin "a b"', "ServerSignature 'Off'"),
  fc.constantFrom('Define A', 'Define B 3', 'UnDefine A', 'Define C ${B}5'),
  fc.constantFrom(
    '# note',
    '# note \\\nTimeout 1',
    'MaxKeepAliveRequests ${N}',
    '  KeepAlive   Off ',
  ),
  fc.constantFrom(
    'Use KA 3 On',
    'use "ka" \'4\' off',
    'Use Nested ${B} Off',
    'Define A 7',
    'Define E',
  ),
  fc.constantFrom('ServerAdmin ${E}|', 'ServerAdmin "${A}"', 'Use Empty'),
  fc.constantFrom('IncludeOptional part*.inc', 'IncludeOptional none/*.conf', 'Include parts/'),
);
/** Without comments, which mod_macro does not count as lines. */
const macros = [
  '<Macro KA $t $on>',
  'KeepAliveTimeout $t',
  '',
  '<IfModule status_module>',
  '  KeepAlive $on',
  '</IfModule>',
  'ServerAdmin "$t$on $one"',
  '</Macro>',
  '<Macro Empty>',
  '</Macro>',
  '<Macro Nested $x $xy>',
  'Use KA $x $xy',
  'Timeout $x$x',
  '</Macro>',
];
const open = fc.constantFrom(
  ...['IfModule mod_status.c', 'IfModule !status_module', 'IfModule mpm_event_module'],
  ...['IfModule event.c', 'IfModule mod_none.c', 'IfModule core.c', 'IfModule headers_module'],
  ...['IfDefine A', 'IfDefine !B', 'IfVersion >= 2.4', 'IfVersion < 2.4.10', 'IfVersion 2.2'],
  ...[
    'IfVersion !< 2.4',
    'ifmodule MOD_STATUS.C',
    'IfVersion ~ ^2\\.4',
    'IfVersion !~ ^2\\.2',
    'IfVersion /^2\\.2/',
  ],
  ...['IfFile part1.inc', 'IfFile !none', 'IfFile "!none"', 'IfFile /tmp', 'IfDefine ${F}'],
  ...['IfDirective KeepAlive', 'IfDirective !"keepalive"', 'IfDirective extendedStatus'],
  ...['IfDirective ProxyPass', 'IfDirective !AsyncRequestWorkerFactor', 'IfDirective Use'],
  ...['IfDirective ThreadsPerChild', 'IfDirective MinSpareServers', 'IfDirective Require'],
  ...['IfSection Macro', 'IfSection !virtualhost', 'IfSection Proxy', 'IfSection RequireAll'],
  ...['IfDefine "!A"', 'IfModule !"none"', 'IfModule ${M}', 'IfVersion >= ${V}'],
);
const { lines } = fc.letrec<{ lines: readonly Line[]; node: Line }>((tie) => ({
  lines: fc.array(tie('node'), { maxLength: 5, depthIdentifier: 'config' }),
  node: fc.oneof(
    { depthIdentifier: 'config', withCrossShrink: true },
    line,
    fc.record({ open, lines: tie('lines') }),
  ),
}));

function print(tree: readonly Line[]): string {
  return tree
    .map((one) =>
      typeof one === 'string'
        ? one
        : `<${one.open}>\n${print(one.lines)}\n</${one.open.split(' ')[0]}>`,
    )
    .join('\n');
}

test('generated configurations with conditions, variables and includes are read as Apache reads them', async () => {
  const directory = await keepTempDirectory('oracle');
  const file = join(directory, 'httpd.conf');
  const environment = new Map([['N', '44']]);
  const preamble = [
    `ServerRoot "${directory}"`,
    `DefaultRuntimeDir "${directory}"`,
    `ErrorLog "${directory}/error.log"`,
    'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so',
    'LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so',
    'LoadModule status_module /usr/lib/apache2/modules/mod_status.so',
    'LoadModule macro_module /usr/lib/apache2/modules/mod_macro.so',
    'Define B 1',
    'Define F A',
    'Define M status_module',
    'Define V 2.4',
    ...macros,
    'ServerName x.example',
    'Listen 127.0.0.1:8099',
  ].join('\n');
  // After a Use Apache 2.4.71 loses a last line without its end, so each file has one.
  const leaf = (tree: readonly Line[]) => `${print(tree).replace(/^Include.*$/gm, '')}\n`;
  const writeAll = (parts: Readonly<Record<string, string>>) =>
    Promise.all(
      Object.entries(parts).map(async ([name, text]) => {
        await mkdir(dirname(join(directory, name)), { recursive: true });
        await writeFile(join(directory, name), text);
      }),
    );
  const check = async (main: readonly Line[], one: readonly Line[], two: readonly Line[]) => {
    await writeAll({
      'httpd.conf': `${preamble}\n${print(main)}\n`,
      'part1.inc': leaf(one),
      'part2.inc': leaf(two),
      'parts/b.conf': leaf(two),
      'parts/a/c.conf': leaf(one),
    });
    expect(await readApache(file, environment)).toEqual(await dumpApache(file, environment));
  };
  await fc.assert(fc.asyncProperty(lines, lines, lines, check), { numRuns: 60, seed: 15 });
});

test("Debian's configuration of nginx is read with the files that nginx -T shows", async () => {
  const { stdout } = await run(requireBinary('nginx'), ['-T', '-q'], { maxBuffer: 1e8 });
  const shown = [...stdout.matchAll(/^# configuration file (.*):$/gm)].map(([, name]) => name);
  const read: string[] = [];
  const reader = createSourceReader();
  const tree = await expandNginxConfig('/etc/nginx/nginx.conf', async (pattern) => {
    const found = await reader(pattern);
    read.push(...found.map(({ path }) => path));
    return found;
  });
  expect(tree).toMatchObject({ ok: true, value: { unread: [] } });
  expect(new Set(read)).toEqual(new Set(shown));
});
