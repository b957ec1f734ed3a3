import { parseArgs } from 'node:util';
import { didYouMean } from '../parse/nearest-word.ts';
import { err, ok, type Result } from '../result.ts';
import { renderCommandHelp } from './command.ts';
import { environmentName, parseOptionsOf } from './command-flags.ts';
import { commands } from './commands.ts';
import { renderFlagLines } from './flag-help.ts';
import { serveFlags } from './flags.ts';
import type { CliIo } from './io.ts';

/** The whole program. @returns the exit code */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  const found = findCommand(args);
  if (!found.ok) return usageError(found.error, io);
  const { name, rest } = found.value;
  const command = commands[name ?? 'serve'];
  const requested = requestedText(rest);
  if (requested === 'version') {
    io.stdout(`keepalive-exporter ${io.version} (Node.js ${io.nodeVersion})\n`);
    return 0;
  }
  if (requested === 'help' || command === undefined) {
    io.stdout(
      command === undefined || name === undefined ? renderHelp() : renderCommandHelp(name, command),
    );
    return 0;
  }
  return command.run(rest, io);
}

interface FoundCommand {
  /** Absent when only flags were given: these are for `serve`, or `--help` for all commands. */
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** The first word that is neither a flag nor the value of a flag. `help NAME` means `NAME --help`. */
function findCommand(args: readonly string[]): Result<FoundCommand, string> {
  const options = Object.assign(
    {},
    ...Object.values(commands).map(({ flags }) => parseOptionsOf(flags)),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const word = tokens.find(({ kind }) => kind === 'positional');
  if (word === undefined) return ok({ name: undefined, rest: args });
  const name = args[word.index] ?? '';
  const rest = args.filter((_, index) => index !== word.index);
  if (Object.hasOwn(commands, name)) return ok({ name, rest });
  if (name !== 'help') {
    const names = [...Object.keys(commands), 'help'];
    return err(`there is no command "${name}"${didYouMean(name, names)}`);
  }
  const topic = findCommand(rest);
  return topic.ok ? ok({ ...topic.value, rest: ['--help'] }) : topic;
}

function requestedText(rest: readonly string[]): 'help' | 'version' | undefined {
  const wish = rest.find((one) => ['-h', '--help', '-v', '--version'].includes(one));
  if (wish === undefined) return undefined;
  return wish.endsWith('h') || wish.endsWith('help') ? 'help' : 'version';
}

function renderHelp(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `keepalive-exporter: keep-alive slot occupancy and worker saturation of Apache httpd and nginx

Usage: keepalive-exporter [COMMAND] [FLAGS]

Commands:
${lines.join('\n')}

Flags of serve:
${renderFlagLines(serveFlags)}

  -h, --help     Show this help; with a command, its flags (or: help COMMAND).
  -v, --version  Show the version.

Environment variables set the flags of serve, demo and check-config too: ${environmentName('log.level')} sets --log.level.
`;
}

function usageError(problem: string, io: CliIo): number {
  io.stderr(`keepalive-exporter: ${problem}\nSee keepalive-exporter --help.\n`);
  return 2;
}
