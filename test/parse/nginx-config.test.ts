import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveNginxCapacity } from '../../src/derive/nginx-capacity.ts';
import { type NginxDirective, parseNginxConfig } from '../../src/parse/nginx-config.ts';

function directives(text: string) {
  const parsed = parseNginxConfig(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.found}`);
  return parsed.value;
}

interface Node {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Node[];
}

function print(tree: readonly Node[]): string {
  return tree
    .map(({ name, args, block }) => {
      const words = [name, ...args.map((arg) => `"${arg.replace(/["\\]/g, '\\$&')}"`)].join(' ');
      return block === undefined ? `${words};` : `${words} {\n${print(block)}\n}`;
    })
    .join('\n');
}

function withoutLines(tree: readonly NginxDirective[]): readonly Node[] {
  return tree.map(({ name, args, block }) => ({
    name,
    args,
    ...(block === undefined ? {} : { block: withoutLines(block) }),
  }));
}

describe('parseNginxConfig()', () => {
  test('reads directives, blocks, comments and quoted words', () => {
    const text = `# top
user www-data; # who
events { worker_connections 64; }
http { log_format main '$remote_addr; {x}' "it's \\"q\\"";
  map $a $b { default 0; }
}`;
    expect(directives(text)).toEqual([
      { name: 'user', args: ['www-data'], line: 2 },
      {
        name: 'events',
        args: [],
        line: 3,
        block: [{ name: 'worker_connections', args: ['64'], line: 3 }],
      },
      {
        name: 'http',
        args: [],
        line: 4,
        block: [
          { name: 'log_format', args: ['main', '$remote_addr; {x}', 'it\'s "q"'], line: 4 },
          {
            name: 'map',
            args: ['$a', '$b'],
            line: 5,
            block: [{ name: 'default', args: ['0'], line: 5 }],
          },
        ],
      },
    ]);
  });

  test('a variable in braces stays one word', () => {
    expect(directives('root /srv/${host}/www;')[0]?.args).toEqual(['/srv/${host}/www']);
  });

  test('code blocks of the Lua module are stepped over', () => {
    const text = 'content_by_lua_block { if a then ngx.say("}") end; local t = {1} }\nuser x;';
    expect(directives(text).map(({ name }) => name)).toEqual(['content_by_lua_block', 'user']);
  });

  test.each([
    ['user x', 1, 'end of file'],
    ['events {\n worker_connections 1;', 2, 'end of file'],
    ['a;\n}\n', 2, '}'],
    ['a {\n b }\n', 2, '}'],
    [';', 1, ';'],
  ])('%j is an error with its line', (text, line, found) => {
    expect(parseNginxConfig(text)).toMatchObject({ ok: false, error: { line, found } });
  });

  test('a block that is not closed is named by its line', () => {
    const error = { line: 4, found: 'end of file', openedLine: 2 };
    expect(parseNginxConfig('a {}\nb {\n c {\n }')).toEqual({ ok: false, error });
  });

  test('what is printed from a tree is read back as the same tree', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const args = fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 });
    const { tree } = fc.letrec<{ node: Node; tree: readonly Node[] }>((tie) => ({
      tree: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tree' }),
      node: fc.oneof(
        { depthIdentifier: 'tree' },
        fc.record({ name: word, args }),
        fc.record({ name: word, args, block: tie('tree') }),
      ),
    }));
    fc.assert(
      fc.property(tree, (wanted) => {
        expect(withoutLines(directives(print(wanted)))).toEqual(wanted);
      }),
    );
  });

  test('any text ends in directives or an error, never in an exception', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      ';',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '#',
      '\n',
      '$',
      '${',
      '_by_lua_block',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => typeof parseNginxConfig(text).ok === 'boolean',
      ),
    );
  });
});

describe('deriveNginxCapacity()', () => {
  const known = { cpuCount: 8, override: {} };
  test.each([
    ['worker_processes 4; events { worker_connections 1024; }', known, 4, 1024],
    ['worker_processes auto; events { worker_connections 64; }', known, 8, 64],
    ['', known, 1, 512],
    ['worker_processes 2; events { }', { cpuCount: 8, override: { workerConnections: 99 } }, 2, 99],
    ['worker_processes auto;', { cpuCount: 8, override: { workerProcesses: 3 } }, 3, 512],
  ])('%j', (text, knowledge, workerProcesses, workerConnections) => {
    expect(deriveNginxCapacity(directives(text), knowledge)).toEqual({
      workerProcesses,
      workerConnections,
    });
  });
});
