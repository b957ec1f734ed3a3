import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allCheckWords } from '../../src/audit/catalog.ts';
import type { Example } from '../../src/audit/check.ts';
import { renderExample } from '../support/audit-example.ts';
import { requireBinary } from '../support/find-binary.ts';
import { hasLinesToPaste, pasteAll } from '../support/paste-fix.ts';
import { createTempDirectory } from '../support/temp-directory.ts';

const run = promisify(execFile);

let directory = '';
let remove: () => Promise<unknown> = () => Promise.resolve();

beforeAll(async () => {
  const temporary = await createTempDirectory('audit-examples');
  directory = temporary.path;
  remove = temporary.remove;
  await mkdir(join(directory, 'logs'));
});
afterAll(() => remove());

interface Written {
  readonly server: 'apache' | 'nginx';
  readonly text: string;
}

function textsOf(example: Example): readonly Written[] {
  const { server, beside } = example;
  const other = server === 'apache' ? 'nginx' : 'apache';
  return [
    { server, text: renderExample(example.trigger, example) },
    { server, text: renderExample(example.twin, example) },
    ...(beside === undefined
      ? []
      : [
          {
            server: other,
            text: renderExample(beside, { server: other, mpm: 'prefork' }),
          } as const,
        ]),
  ];
}

/** Newer than the nginx at hand, which refuses what it does not know. */
const unknownHere = /keepalive_min_timeout/;

const written = allCheckWords.flatMap(({ id, examples }) =>
  examples.flatMap((example) => textsOf(example).map((one) => ({ id, ...one }))),
);

/** What the real server says; empty when it accepts the configuration. */
async function refusal({ server, text }: Written, index: number): Promise<string> {
  const file = join(directory, `${index}.conf`);
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join(' ');
  await writeFile(
    file,
    server === 'nginx'
      ? `pid ${directory}/nginx.pid; error_log stderr;\n${text.replace(/"?http"? \{/, (open) => `${open} ${temps}`)}`
      : `ServerRoot "${directory}"\nDefaultRuntimeDir "${directory}"\n${text}`,
  );
  const [binary, args] =
    server === 'nginx'
      ? [requireBinary('nginx'), ['-t', '-q', '-p', directory, '-c', file]]
      : [requireBinary('apache2'), ['-t', '-f', file]];
  return run(binary, args).then(
    () => '',
    (error: { stderr?: string; message: string }) => `${error.stderr ?? error.message}\n${text}`,
  );
}

async function pastedTexts(): Promise<readonly (Written & { readonly id: string })[]> {
  const wanted = allCheckWords.flatMap(({ id, examples }) =>
    examples
      .filter((example) => hasLinesToPaste(id, example))
      .map(async (example) => ({
        id: `${id}, pasted`,
        server: example.server,
        text: await pasteAll(example, id),
      })),
  );
  return Promise.all(wanted);
}

/** Checks share many configurations: each is shown to the server once. */
function onceEach<One extends Written>(all: readonly One[]): readonly One[] {
  return [...new Map(all.map((one) => [`${one.server} ${one.text}`, one])).values()];
}

test('real Apache and nginx accept every configuration of the checks, and the lines they advise', async () => {
  const all = [...written, ...(await pastedTexts())];
  const known = onceEach(all.filter(({ text }) => !unknownHere.test(text)));
  const refusals: string[] = [];
  // Two at a time: each is a process of its own.
  const remaining = known.entries();
  const work = async () => {
    for (const [index, one] of remaining) {
      const said = await refusal(one, index);
      if (said !== '') refusals.push(`${one.id}: ${said}`);
    }
  };
  await Promise.all([work(), work()]);
  expect(refusals).toEqual([]);
  expect(known.length).toBeGreaterThan(120);
});
