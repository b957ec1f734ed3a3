import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Section, updateBenchmarks } from './benchmark-document.ts';
import { describeMachine } from './describe-machine.ts';

const path = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

/** The programs that the benchmarks compare with or measure. */
const packages = [
  'apache2',
  'nginx',
  'mtail',
  'prometheus-apache-exporter',
  'prometheus-nginx-exporter',
];

export interface WriteOptions {
  /** The benchmarks to run. */
  readonly wanted: readonly string[];
  /** All benchmarks, in the order of the document. */
  readonly names: readonly string[];
  /** Flags for those benchmarks, such as `--minutes=10`. */
  readonly flags: readonly string[];
}

/**
 * Runs benchmarks, each in its own process, and writes what they print to docs/benchmarks.md.
 *
 * @returns the names of those that failed; their sections stay as they were
 */
export async function writeBenchmarks({
  wanted,
  names,
  flags,
}: WriteOptions): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const name of wanted) {
    const output = await outputOf(name, flags);
    if (output === undefined) failed.push(name);
    else write({ name, measured: describeMachine(packages), output }, names);
  }
  return failed;
}

function write(section: Section, names: readonly string[]): void {
  const document = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeFileSync(path, updateBenchmarks(document, [section], names));
}

async function outputOf(name: string, flags: readonly string[]): Promise<string | undefined> {
  const [main = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, main, name, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = await once(child, 'close');
  return code === 0 ? output.replace(/^\s*== \S+\n/, '') : undefined;
}
