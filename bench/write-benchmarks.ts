import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Section, updateBenchmarks } from './benchmark-document.ts';

const path = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

/** The programs that the benchmarks compare with or measure. */
const packages = [
  'apache2',
  'nginx',
  'mtail',
  'prometheus-apache-exporter',
  'prometheus-nginx-exporter',
];

/**
 * Runs benchmarks, each in its own process, and writes what they print to docs/benchmarks.md.
 *
 * @param wanted the benchmarks to run
 * @param names all benchmarks, in the order of the document
 * @returns the names of those that failed; their sections stay as they were
 */
export async function writeBenchmarks(
  wanted: readonly string[],
  names: readonly string[],
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const name of wanted) {
    const output = await outputOf(name);
    if (output === undefined) failed.push(name);
    else write({ name, measured: describeMachine(), output }, names);
  }
  return failed;
}

function write(section: Section, names: readonly string[]): void {
  const document = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeFileSync(path, updateBenchmarks(document, [section], names));
}

async function outputOf(name: string): Promise<string | undefined> {
  const [main = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, main, name], {
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

/** Date, processors, memory, Node.js and the versions of the other programs, as one sentence. */
function describeMachine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${date}: ${cpus().length} cores (${processor}), ${gibibytes} GiB, Node.js ${process.version}; ${versions().join(', ')}.`;
}

function versions(): readonly string[] {
  const asked = ['-W', '-f', `\${Package} \${Version}\\n`, ...packages];
  const { stdout } = spawnSync('dpkg-query', asked, { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter((line) => /^\S+ \S+$/.test(line));
}
