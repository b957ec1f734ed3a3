import { advise } from './advise.ts';
import { checkConfig } from './check-config.ts';
import { checkKeepaliveCommand } from './check-keepalive.ts';
import { compare } from './compare.ts';
import { demo } from './demo.ts';
import { environmentName, type Flags, flagHelp, parseCommandLine } from './flags.ts';
import type { CliIo } from './io.ts';
import { plan } from './plan.ts';
import { serve } from './serve.ts';

/** Loaded when it is run: the checks are of no use to a server of metrics that has no file to judge. */
const audit = async (flags: Flags, io: CliIo) => (await import('./audit.ts')).audit(flags, io);

const commands = { serve, 'check-config': checkConfig, audit, demo } as const;

/** Commands with flags of their own. */
const questions = { advise, plan, compare, 'check-keepalive': checkKeepaliveCommand } as const;

const help = `keepalive-exporter: keep-alive slot occupancy and worker saturation of Apache httpd and nginx

Usage: keepalive-exporter COMMAND [FLAGS]

Commands:
  serve            Serve metrics (the default).
  check-config     Check the configuration file; prints every problem, exit code 1.
  audit            Check the configurations of Apache and nginx: keep-alive from the visitor to the backend.
  demo             Show the exporter at work on a simulated Apache and nginx.
  advise           Which timeout and how many slots, from access logs; see advise --help.
  check-keepalive  What a visitor's connections get, measured from outside; see check-keepalive --help.
  plan             The arithmetic of slots, hold time, rate and memory; see plan --help.
  compare          What a change did: before against after, from Prometheus or access logs; see compare --help.

Flags:
${flagHelp()}

Most flags can be environment variables (docs/flags.md lists them): --log.level is ${environmentName('log.level')}.
`;

/** The whole program: arguments and edges in, exit code out. */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  const [first = '', ...others] = args;
  if (isQuestion(first)) return questions[first](others, io);
  const parsed = parseCommandLine(args, io.environment);
  if (!parsed.ok) return usageError(parsed.error, io);
  const { command = 'serve', flags } = parsed.value;
  if (flags.help !== undefined) {
    io.stdout(help);
    return 0;
  }
  if (flags.version !== undefined) {
    io.stdout(`keepalive-exporter ${io.version} (Node.js ${io.nodeVersion})\n`);
    return 0;
  }
  if (!isCommand(command)) return usageError(`there is no command "${command}"`, io);
  return commands[command](flags, io);
}

function isQuestion(name: string): name is keyof typeof questions {
  return Object.hasOwn(questions, name);
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

function usageError(problem: string, io: CliIo): number {
  io.stderr(`keepalive-exporter: ${problem}\nSee keepalive-exporter --help.\n`);
  return 2;
}
