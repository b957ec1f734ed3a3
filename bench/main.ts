import { parseArgs } from 'node:util';
import { hasOwnNetwork } from './own-network.ts';
import type { VerdictBenchOptions } from './verdict.ts';
import { verdictServers } from './verdict-plan.ts';
import { writeBenchmarks } from './write-benchmarks.ts';

interface Bench {
  readonly run: (options: VerdictBenchOptions) => Promise<void>;
}

/**
 * `npm run bench` runs all benchmarks and writes what they print to docs/benchmarks.md. `npm run bench -- scrape` runs only
 * the named ones, and writes only with `--write`. Asserts nothing.
 */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  scrape: () => import('./scrape.ts'),
  footprint: () => import('./footprint.ts'),
  targets: () => import('./targets.ts'),
  sockets: () => import('./ss-sockets.ts'),
  'proc-net-tcp': () => import('./proc-net-tcp.ts'),
  logs: () => import('./logs.ts'),
  gaps: () => import('./gaps.ts'),
  advice: () => import('./advice.ts'),
  'log-loss': () => import('./log-loss.ts'),
  'page-load': () => import('./page-load.ts'),
  verdict: () => import('./verdict.ts'),
};

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        write: { type: 'boolean' },
        // For the benchmark `verdict`.
        minutes: { type: 'string' },
        seed: { type: 'string' },
        server: { type: 'string' },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function readNumber(flag: string, text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  const value = Number(text);
  return value > 0 ? { [flag]: value } : fail(`--${flag}: want a number above 0, found "${text}"`);
}

function readServer(text: string | undefined): VerdictBenchOptions {
  if (text === undefined) return {};
  const server = verdictServers.find((name) => name === text);
  return server === undefined
    ? fail(`--server: want ${verdictServers.join(', ')}, found "${text}"`)
    : { server };
}

const { positionals: names, values } = readArguments();
const options: VerdictBenchOptions = {
  ...readNumber('minutes', values.minutes),
  ...readNumber('seed', values.seed),
  ...readServer(values.server),
};
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  fail(
    `unknown benchmark "${unknown.join('", "')}": want one of ${Object.keys(benches).join(', ')}`,
  );
}
const wanted = Object.keys(benches).filter((name) => names.length === 0 || names.includes(name));
if (values.write === true || names.length === 0) {
  const { minutes, seed, server } = values;
  const failed = await writeBenchmarks({
    wanted,
    names: Object.keys(benches),
    flags: Object.entries({ minutes, seed, server }).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}=${value}`],
    ),
  });
  if (failed.length > 0) fail(`failed: ${failed.join(', ')}`);
  process.exit();
}
for (const [name, load] of Object.entries(benches)) {
  if (!wanted.includes(name)) continue;
  if (!hasOwnNetwork()) process.stdout.write(`\n== ${name}\n`);
  await (await load()).run(options);
}
