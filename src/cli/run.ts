import { checkConfig } from './check-config.ts';
import { checkKeepaliveCommand } from './check-keepalive.ts';
import { demo } from './demo.ts';
import { environmentName, type Flags, flagHelp, parseCommandLine } from './flags.ts';
import type { CliIo } from './io.ts';
import { serve } from './serve.ts';

/** Loaded when it is run: the checks are of no use to a server of metrics that has no file to judge. */
const audit = async (flags: Flags, io: CliIo) => (await import('./audit.ts')).audit(flags, io);

const commands = {
  serve,
  'check-config': checkConfig,
  audit,
  'check-keepalive': checkKeepaliveCommand,
  demo,
} as const;

/** Commands that take more than flags. */
const withOperands: readonly string[] = ['check-keepalive'];

const help = `keepalive-exporter: keep-alive slot occupancy and worker saturation of Apache httpd and nginx

Usage: keepalive-exporter COMMAND [FLAGS] [URL...]

Commands:
  serve            Serve metrics (the default).
  check-config     Check the configuration file; prints every problem, exit code 1.
  audit            Check the configurations of Apache and nginx: keep-alive from the visitor to the backend.
  check-keepalive  Measure how a web server treats connections; with a second URL, its origin too.
  demo             Show the exporter at work on a simulated Apache and nginx.

Flags:
${flagHelp()}

Most flags can be environment variables (docs/flags.md lists them): --log.level is ${environmentName('log.level')}.
`;

/** The whole program: arguments and edges in, exit code out. */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  const parsed = parseCommandLine(args, io.environment);
  if (!parsed.ok) return usageError(parsed.error, io);
  const { command = 'serve', operands, flags } = parsed.value;
  if (flags.help !== undefined) {
    io.stdout(help);
    return 0;
  }
  if (flags.version !== undefined) {
    io.stdout(`keepalive-exporter ${io.version} (Node.js ${io.nodeVersion})\n`);
    return 0;
  }
  if (!isCommand(command)) return usageError(`there is no command "${command}"`, io);
  if (operands.length > 0 && !withOperands.includes(command)) {
    return usageError(`${command} takes flags only, found "${operands.join(' ')}"`, io);
  }
  return commands[command](flags, io, operands);
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

function usageError(problem: string, io: CliIo): number {
  io.stderr(`keepalive-exporter: ${problem}\nSee keepalive-exporter --help.\n`);
  return 2;
}
