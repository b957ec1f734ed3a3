import { readConfig } from '../app.ts';
import { excerpt } from '../parse/printable.ts';
import { type FormatTrial, type TriedFormat, tryFormats } from '../pipeline/try-formats.ts';
import type { Flags } from './flags.ts';
import type { CliIo } from './io.ts';

/**
 * Prints every problem of the configuration file as `file:line:column: path: message`; exit code 1 when there is one.
 * Without one it tries the log formats on the logs: exit code 1 when one understands no line of its log.
 */
export async function checkConfig(flags: Flags, io: CliIo): Promise<number> {
  const file = flags['config.file'];
  if (file === undefined) {
    io.stderr('keepalive-exporter: check-config needs --config.file=FILE\n');
    return 2;
  }
  const config = await readConfig(file);
  if (!config.ok) {
    io.stderr(`${config.error.join('\n')}\n`);
    return 1;
  }
  io.stdout(`${file}: ok, ${config.value.targets.length} targets\n`);
  const tried = await tryFormats(config.value);
  for (const format of tried) io.stdout(`${describe(format).join('\n')}\n`);
  return tried.some(({ trial }) => trial.ok && trial.value.understood === 0) ? 1 : 0;
}

function describe({ target, path, trial }: TriedFormat): readonly string[] {
  const subject = `target "${target}": ${path}`;
  if (!trial.ok) return [`${subject}: format not tried: ${trial.error}`];
  const { lines, understood, badFields, first } = trial.value;
  return [
    `${subject}: understood ${understood} of the newest ${lines} lines`,
    ...[...badFields].map(([field, count]) => `  ${field} cannot be read in ${count} of them`),
    ...(first === undefined ? [] : describeLine(first)),
  ];
}

const shownBefore = 60;
const shownAfter = 40;

/** The place where a line stops to follow its format, with a caret below. */
function describeLine({ line, column, expected }: NonNullable<FormatTrial['first']>) {
  const from = Math.max(0, column - 1 - shownBefore);
  const shown = excerpt(line.slice(from, column - 1 + shownAfter), shownBefore + shownAfter);
  return [
    `  the first other line stops at column ${column}: expected ${expected}`,
    `    ${shown}`,
    `    ${' '.repeat(column - 1 - from)}^`,
  ];
}
