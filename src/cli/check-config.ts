import type { Config } from '../config/schema.ts';
import { readConfig } from '../io/read-config.ts';
import { excerpt } from '../parse/printable.ts';
import { type ConfigWarning, findConfigWarnings } from '../pipeline/check-named-files.ts';
import { type FormatTrial, type TriedFormat, tryFormats } from '../pipeline/try-formats.ts';
import type { CommandArguments } from './command-flags.ts';
import type { checkConfigFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { wrongUse } from './wrong-use.ts';

/** The result for one file. */
interface Checked {
  readonly file: string;
  readonly problems: readonly string[];
  readonly warnings: readonly ConfigWarning[];
  readonly targets: number;
  readonly logs: readonly TriedFormat[];
}

/**
 * Prints every problem of the configuration file as `file:line:column: path: message`; exit code 1 if there is one. A
 * configuration without problems has its named files checked and its log formats tried on the logs: exit code 1 if no
 * line of a log follows its format or, with --strict, if there is a warning.
 */
export async function checkConfig(
  { flags, operands }: CommandArguments<typeof checkConfigFlags>,
  io: CliIo,
): Promise<number> {
  const [stated] = flags['config.file'] ?? [];
  const [operand = stated] = operands;
  if (
    operand === undefined ||
    (operands.length > 0 && stated !== undefined && stated !== operand)
  ) {
    return wrongUse('check-config', 'give one file: check-config FILE', io);
  }
  const checked = await check(operand);
  if (flags.output?.[0] === 'json') io.stdout(renderJson(checked));
  else printText(checked, io);
  return isRefused(checked, flags.strict !== undefined) ? 1 : 0;
}

async function check(file: string): Promise<Checked> {
  const config = await readConfig(file);
  if (!config.ok) return { file, problems: config.error, warnings: [], targets: 0, logs: [] };
  return { file, problems: [], ...(await checkFurther(config.value)) };
}

async function checkFurther(config: Config) {
  const logs = await tryFormats(config);
  return { warnings: await findConfigWarnings(config), targets: config.targets.length, logs };
}

function isRefused({ problems, warnings, logs }: Checked, strict: boolean): boolean {
  if (problems.length > 0 || logs.some(fitsNoLine)) return true;
  return strict && (warnings.length > 0 || logs.some(({ trial }) => !trial.ok));
}

function fitsNoLine({ trial }: TriedFormat): boolean {
  return trial.ok && trial.value.understood === 0;
}

function renderJson({ logs, ...rest }: Checked): string {
  const tried = logs.map(({ target, path, trial }) =>
    trial.ok
      ? { target, path, lines: trial.value.lines, understood: trial.value.understood }
      : { target, path, notTried: trial.error },
  );
  return `${JSON.stringify({ ...rest, logs: tried }, null, 2)}\n`;
}

function printText({ file, problems, warnings, targets, logs }: Checked, io: CliIo): void {
  if (problems.length > 0) {
    io.stderr(`${problems.join('\n')}\n`);
    return;
  }
  io.stdout(`${file}: ok, ${targets} ${targets === 1 ? 'target' : 'targets'}\n`);
  for (const { path, message } of warnings) {
    io.stdout(`${file}: warning: ${path}: ${message}\n`);
  }
  for (const format of logs) io.stdout(`${describe(format).join('\n')}\n`);
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

const maximumBefore = 60;
const maximumAfter = 40;

/** The place where a line stops following its format, with a caret below. */
function describeLine({ line, column, expected }: NonNullable<FormatTrial['first']>) {
  const from = Math.max(0, column - 1 - maximumBefore);
  const shown = excerpt(line.slice(from, column - 1 + maximumAfter), maximumBefore + maximumAfter);
  return [
    `  the first line that does not match differs at column ${column}: expected ${expected}`,
    `    ${shown}`,
    `    ${' '.repeat(column - 1 - from)}^`,
  ];
}
