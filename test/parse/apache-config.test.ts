import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvvars } from '../../src/parse/apache-config/envvars.ts';
import { splitLogicalLines } from '../../src/parse/apache-config/logical-lines.ts';
import {
  type ApacheNode,
  parseApacheConfig,
} from '../../src/parse/apache-config/parse-apache-config.ts';
import { quoteApacheWord, splitApacheWords } from '../../src/parse/apache-config/split-words.ts';

function nodes(text: string): readonly ApacheNode[] {
  const parsed = parseApacheConfig(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.problem}`);
  return parsed.value.nodes;
}

function print(tree: readonly ApacheNode[]): string {
  return tree
    .map(({ name, rest, block }) =>
      block === undefined
        ? `${name} ${rest}`
        : `<${name} ${rest}>\n${print(block)}${block.length > 0 ? '\n' : ''}</${name}>`,
    )
    .join('\n');
}

function withoutLines(tree: readonly ApacheNode[]): unknown {
  return tree.map(({ name, rest, block }) => ({
    name,
    rest,
    ...(block === undefined ? {} : { block: withoutLines(block) }),
  }));
}

describe('parseApacheConfig()', () => {
  test('reads directives, sections, comments and continued lines', () => {
    const text =
      '# top\r\nListen 80\r\n<VirtualHost *:80>\n  LogFormat "%h \\"%r\\"" \\\n    short\n  <IfModule !mod_a.c>\n  </ifmodule>\n</VirtualHost>\n';
    expect(nodes(text)).toEqual([
      { name: 'Listen', rest: '80', line: 2 },
      {
        name: 'VirtualHost',
        rest: '*:80',
        line: 3,
        block: [
          { name: 'LogFormat', rest: '"%h \\"%r\\""     short', line: 4 },
          { name: 'IfModule', rest: '!mod_a.c', line: 6, block: [] },
        ],
      },
    ]);
  });

  test('keeps a > inside the arguments of a section', () => {
    expect(nodes('<If "%{HTTP_HOST} -> 1">\n</If>')[0]?.rest).toBe('"%{HTTP_HOST} -> 1"');
  });

  test('a comment continues after a backslash, as in Apache', () => {
    expect(nodes('# KeepAlive \\\nListen 81\nListen 82')).toEqual([
      { name: 'Listen', rest: '82', line: 3 },
    ]);
  });

  test('a <Perl> section ends at </Perl>, whatever its code looks like', () => {
    const code = 'print <<E;\n<b>\n</VirtualHost>\nE\n# { \n';
    expect(nodes(`<Perl>\n${code}</perl>\nListen 82`)).toEqual([
      { name: 'Perl', rest: '', line: 1, block: [] },
      { name: 'Listen', rest: '82', line: 8 },
    ]);
  });

  test.each([
    ['KeepAlive On\n<VirtualHost *:80>\nKeepAlive Off\n', 2, '<VirtualHost> is not closed'],
    ['</Directory>', 1, '</Directory> without <Directory>'],
    ['Listen 80\n<Perl>\n$a = 1;\n', 2, '<Perl> is not closed'],
    ['<A b>\n</B>', 2, '</B> instead of </A>, which was opened in line 1'],
    ['\n<Directory /\n', 2, 'a section begins with <Name and ends with >'],
    ['a\n\u0000\u0001', 2, 'a NUL byte: binary data'],
    [`${'<a b>\n'.repeat(65)}`, 65, 'sections nest deeper than 64'],
  ])('%j is an error with its line', (text, line, problem) => {
    expect(parseApacheConfig(text)).toEqual({ ok: false, error: { line, problem } });
  });

  test('what is printed from a tree is read back as the same tree', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
    const rest = fc
      .array(fc.string({ maxLength: 8 }), { maxLength: 4 })
      .map((words) =>
        words.map((text) => quoteApacheWord(text.replace(/[\0\r\n]/g, ''))).join(' '),
      );
    const { tree } = fc.letrec<{ node: ApacheNode; tree: readonly ApacheNode[] }>((tie) => ({
      tree: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tree' }),
      node: fc.oneof(
        { depthIdentifier: 'tree' },
        fc.record({ name: word, rest, line: fc.constant(0) }),
        fc.record({ name: word, rest, line: fc.constant(0), block: tie('tree') }),
      ),
    }));
    fc.assert(
      fc.property(tree, (wanted) => {
        const once = nodes(print(wanted));
        expect(withoutLines(once)).toEqual(withoutLines(wanted));
        expect(withoutLines(nodes(print(once)))).toEqual(withoutLines(once));
      }),
    );
  });
});

describe('splitApacheWords()', () => {
  test.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['"a b" \'c "d\'', ['a b', 'c "d']],
    ['"a \\"b\\" \\d \\\\"', ['a "b" \\d \\']],
    ['"open end', ['open end']],
    ['""', ['']],
  ])('%j', (text, words) => {
    expect(splitApacheWords(text)).toEqual(words);
  });

  test('reads back what quoteApacheWord() wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitApacheWords(words.map(quoteApacheWord).join(' '))).toEqual(words);
      }),
    );
  });
});

test('splitLogicalLines() numbers each line by its first physical line', () => {
  expect(splitLogicalLines('a\\\nb\nc')).toEqual([
    { text: 'ab', line: 1 },
    { text: 'c', line: 3 },
  ]);
});

test("parseEnvvars() reads the assignments of Debian's script", () => {
  const script = `unset HOME
if [ "\${APACHE_CONFDIR##/etc/apache2-}" != "\${APACHE_CONFDIR}" ] ; then
\tSUFFIX="-\${APACHE_CONFDIR##/etc/apache2-}"
else
\tSUFFIX=
fi
export APACHE_RUN_USER=www-data
export APACHE_PID_FILE=/var/run/apache2$SUFFIX/apache2.pid
export APACHE_LOG_DIR="/var/log/apache2\${SUFFIX}"
#export LANG=x
`;
  expect(Object.fromEntries(parseEnvvars(script))).toEqual({
    APACHE_RUN_USER: 'www-data',
    APACHE_PID_FILE: '/var/run/apache2/apache2.pid',
    APACHE_LOG_DIR: '/var/log/apache2',
  });
});
