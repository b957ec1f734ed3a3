import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expandNginxConfig } from '../../src/audit/expand-nginx-config.ts';
import { createSourceReader } from '../../src/io/source-reader.ts';
import { auditFiles } from '../../src/pipeline/audit-files.ts';
import { asNobody } from '../support/as-nobody.ts';
import { testVersions } from '../support/audit-example.ts';

async function audit(
  server: 'apache' | 'nginx',
  files: Readonly<Record<string, string | Uint8Array>>,
  main = 'main.conf',
) {
  const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), content);
  }
  const done = await auditAt({ [server]: join(directory, main) });
  return done.ok ? '' : done.error.replaceAll(directory, '');
}

function auditAt(files: Partial<Record<'apache' | 'nginx', string>>) {
  return auditFiles({ files, versions: testVersions, machine: { cpuCount: 1 }, chain: {} });
}

async function findingsOfApache(file: string) {
  const done = await auditAt({ apache: file });
  return done.ok ? done.value.report.findings : [];
}

const binary = Uint8Array.from([0x0a, 0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff]);
/** Each level includes the next one twice. */
function doubling(line: (name: string) => string): Readonly<Record<string, string>> {
  const levels = Array.from({ length: 15 }, (_, level) => {
    const next = line(`l${level + 1}`);
    return [level === 0 ? 'main.conf' : `l${level}`, `${next}\n${next}\n`] as const;
  });
  return { ...Object.fromEntries(levels), l15: '' };
}

const utf16 = Buffer.from('\ufeffKeepAlive On\n', 'utf16le');
const marked = '\ufeffKeepAlive On\n';

const big = 'a'.repeat(10 * 1024 * 1024);

/** Nothing is timed: a tree that takes too long exceeds the timeout of the test runner. */
describe('a hostile or broken tree is an error with file and line', () => {
  test.each([
    ['loop', { 'main.conf': '\nInclude main.conf\n' }, '/main.conf:2: includes nest deeper'],
    ['doubling', doubling((name) => `Include ${name}`), ': more than 2000 files'],
    [
      'unclosed',
      { 'main.conf': 'A\n<VirtualHost *:80>\nB\n' },
      '/main.conf:2: <VirtualHost> is not closed',
    ],
    ['binary', { 'main.conf': binary }, '/main.conf:2: a NUL byte'],
    ['large', { 'main.conf': big }, '/main.conf:1: too large'],
    ['deep', { 'main.conf': '<A b>\n'.repeat(100_000) }, '/main.conf:65: sections nest'],
    ['missing', {}, '/main.conf: no such file'],
    ['includes', { 'main.conf': 'Include x\n'.repeat(20_000) }, ':5001: more than 5000 includes'],
    ['hosts', { 'main.conf': '<A b>\n</A>\n'.repeat(30_000) }, ':50001: more than 25000 blocks'],
    ['directives', { 'main.conf': 'A\n'.repeat(300_000) }, ':150001: more than 150000 directives'],
    ['unread', { 'main.conf': 'A ${B}\n'.repeat(20_000) }, ':10001: more than 10000 parts that'],
    ['UTF-16', { 'main.conf': utf16 }, '/main.conf:1: UTF-16 text'],
    ['nginx', { 'main.conf': 'user a;\nhttp {\n}\n' }, '/main.conf:2: "http {": this is a'],
    ['byte order mark', { 'main.conf': marked }, '/main.conf:1: begins with a byte order mark'],
  ])('apache: %s', async (_, files, wanted) => {
    expect(await audit('apache', files)).toContain(wanted);
  });

  test.each([
    ['loop', { 'main.conf': '\ninclude main.conf;\n' }, '/main.conf:2: includes nest deeper'],
    ['doubling', doubling((name) => `include ${name};`), ': more than 2000 files'],
    ['unclosed', { 'main.conf': 'a;\nhttp {\n b;\n' }, '/main.conf:3: unexpected "end of file"'],
    ['binary', { 'main.conf': binary }, '/main.conf:2: a NUL byte'],
    ['large', { 'main.conf': big }, '/main.conf:1: too large'],
    ['deep', { 'main.conf': 'a {\n'.repeat(100_000) }, '/main.conf:65: unexpected "{"'],
    ['missing', {}, '/main.conf: no such file'],
    ['includes', { 'main.conf': 'include x;\n'.repeat(20_000) }, ':5001: more than 5000 includes'],
    ['servers', { 'main.conf': 'a{}\n'.repeat(30_000) }, ':25001: more than 25000 blocks'],
    ['directives', { 'main.conf': 'a;\n'.repeat(300_000) }, ':150001: more than 150000 directives'],
    ['UTF-16', { 'main.conf': utf16 }, '/main.conf:1: UTF-16 text'],
    ['Apache', { 'main.conf': 'Listen 80\n<VirtualHost *>\n</VirtualHost>\n' }, 'of Apache, not'],
    ['byte order mark', { 'main.conf': marked }, '/main.conf:1: begins with a byte order mark'],
  ])('nginx: %s', async (_, files, wanted) => {
    expect(await audit('nginx', files)).toContain(wanted);
  });

  test('a file that is too large is reported with the line that includes it, and the rest is read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'httpd.conf');
    await writeFile(file, 'Listen 80\nInclude *.inc\n');
    await writeFile(join(directory, 'a.inc'), big);
    await writeFile(join(directory, 'b.inc'), 'KeepAlive Off\n');
    const findings = await findingsOfApache(file);
    expect(findings.find(({ id }) => id === 'config-unread')).toMatchObject({
      at: { file, line: 2 },
      effective: expect.stringContaining('too large'),
    });
    expect(findings.map(({ id }) => id)).toContain('keepalive-off');
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a directive or section of the name %s is one like any other',
    async (name) => {
      const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
      onTestFinished(() => rm(directory, { recursive: true }));
      const files = { apache: join(directory, 'a.conf'), nginx: join(directory, 'n.conf') };
      const section = `<${name} a>\nListen 81\n</${name}>`;
      await writeFile(
        files.apache,
        `${name} a\n${section}\nUse ${name}\nServerAdmin \${${name}}\n`,
      );
      const block = `${name} a; ${name} b { server { listen 81; } }`;
      await writeFile(
        files.nginx,
        `${block}\nhttp { ${block}\nserver { ${block}\nproxy_pass http://${name}; } }\n`,
      );
      const done = await auditAt(files);
      if (!done.ok) throw new Error(done.error);
      const { directives } = done.value.subject.apache?.tree ?? { directives: [] };
      expect(directives.map((one) => [one.name, one.block?.length])).toEqual([
        [name.toLowerCase(), undefined],
        [name.toLowerCase(), 1],
        ['serveradmin', undefined],
      ]);
    },
  );

  test('patterns that together list a whole disk are reported with their lines', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    for (let at = 0; at < 50; at++) await mkdir(join(directory, `d${at}`));
    const file = join(directory, 'httpd.conf');
    await writeFile(file, `Listen 80\n${'IncludeOptional d*/none*\n'.repeat(150)}`);
    const unread = (await findingsOfApache(file)).filter(({ id }) => id === 'config-unread');
    expect(unread[0]).toMatchObject({
      at: { file, line: 100 },
      effective: expect.stringContaining('listed too many for one configuration; name the files'),
    });
    expect(unread.at(-1)?.at.line).toBe(151);
  });

  test('a directory instead of a file is an error', async () => {
    expect(await audit('apache', { 'a.conf': '' }, '')).toContain(
      ': is a directory; name the main',
    );
    expect(await audit('nginx', { 'a.conf': '' }, '')).toContain(': is a directory; name the main');
  });

  test.each([
    ['Include deep/', `${'a/'.repeat(25)}`, 'directories more than 20 levels deep'],
    ['Include deep/*', `${'a/'.repeat(25)}`, 'directories more than 20 levels deep'],
  ])('%s of a huge tree is reported with its line and not read', async (line, below, wanted) => {
    const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await mkdir(join(directory, 'deep', below), { recursive: true });
    const file = join(directory, 'httpd.conf');
    await writeFile(file, `Listen 80\n${line}\n`);
    const findings = await findingsOfApache(file);
    expect(findings.find(({ id }) => id === 'config-unread')).toMatchObject({
      at: { file, line: 2 },
      effective: expect.stringContaining(wanted),
    });
  });

  test('files in a closed directory, and a directory instead of a file, are reported', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hostile-tree-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await mkdir(join(directory, 'closed'), { mode: 0o700 });
    await mkdir(join(directory, 'open'));
    await writeFile(join(directory, 'open', 'a.conf'), '');
    await writeFile(join(directory, 'main.conf'), 'include closed/*.conf;\ninclude open;\n');
    await chmod(directory, 0o755);
    const reader = createSourceReader();
    await asNobody(async () => {
      await chmod(join(directory, 'closed'), 0).catch(() => undefined);
      const tree = await expandNginxConfig(join(directory, 'main.conf'), reader);
      const unread = tree.ok ? tree.value.unread : [];
      expect(unread.map(({ at, what }) => `${at.line} ${what.replaceAll(directory, '')}`)).toEqual([
        '1 /closed: cannot be read: permission denied; run as root, or grant read access',
        '2 "/open" is a directory, so nginx does not start; include "/open/*.conf"',
      ]);
    });
  });
});
