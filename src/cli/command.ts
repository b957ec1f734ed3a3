import {
  type CommandArguments,
  type CommandFlagTable,
  parseCommandFlags,
  renderFlagLines,
} from './command-flags.ts';
import type { CliIo } from './io.ts';
import { wrongUse } from './wrong-use.ts';

/** A command, as help, documentation and completion describe it. */
export interface Command {
  /** Its line in the list of commands. */
  readonly summary: string;
  /** More lines in its own help. */
  readonly details?: string;
  readonly flags: CommandFlagTable;
  /** Arguments beside flags, such as `URL [ORIGIN]`. */
  readonly operands?: string;
  /** The only words the first operand may be. */
  readonly operandWords?: readonly string[];
  run(args: readonly string[], io: CliIo): Promise<number>;
}

type Body<T extends CommandFlagTable> = (
  given: CommandArguments<T>,
  io: CliIo,
) => Promise<number> | number;

interface CommandOptions<T extends CommandFlagTable>
  extends Pick<Command, 'summary' | 'details' | 'operands' | 'operandWords'> {
  readonly flags: T;
  readonly maximumOperands?: number;
  /** Imports the body of the command when it runs, so that `serve` does not load the other commands. */
  readonly load: () => Promise<Body<T>>;
}

/** Connects a command with its flags, whose table types its arguments. */
export function defineCommand<T extends CommandFlagTable>(
  name: string,
  { load, maximumOperands = 0, ...described }: CommandOptions<T>,
): Command {
  return {
    ...described,
    async run(args, io) {
      const { environment } = io;
      const parsed = parseCommandFlags(described.flags, args, { maximumOperands, environment });
      if (!parsed.ok) return wrongUse(name, parsed.error, io);
      const body = await load();
      return body(parsed.value, io);
    },
  };
}

/** The help of one command. */
export function renderCommandHelp(name: string, command: Command): string {
  const { summary, details, operands, flags } = command;
  const hasFlags = Object.keys(flags).length > 0;
  const words = [`keepalive-exporter ${name}`, operands, hasFlags ? '[FLAGS]' : undefined];
  const usage = words.filter((word) => word !== undefined).join(' ');
  const more = details === undefined ? '' : `\n${details}\n`;
  const lines = hasFlags ? `\nFlags:\n${renderFlagLines(flags)}\n` : '';
  return `Usage: ${usage}\n\n${summary}\n${more}${lines}`;
}
