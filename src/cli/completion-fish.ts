import type { Command } from './command.ts';
import type { CommandFlag } from './command-flags.ts';
import { commands } from './commands.ts';

export function renderFish(): string {
  const all = Object.entries(commands);
  const names = all.map(([name]) => name).join(' ');
  const summaries = [
    ...all.map(([name, { summary }]) => [name, summary] as const),
    ['help', 'Show the help of a command.'] as const,
  ];
  return [
    '# fish completion of keepalive-exporter; made by: keepalive-exporter completion fish',
    ...summaries.map(([name, summary]) =>
      fishLine('__fish_use_subcommand', `-f -a ${name} -d ${quoteFish(summary)}`),
    ),
    ...all.flatMap(fishCommand),
    fishLine('__fish_seen_subcommand_from help', `-f -a ${quoteFish(names)}`),
    "complete -c keepalive-exporter -s h -l help -d 'Show the help.'",
    "complete -c keepalive-exporter -s v -l version -d 'Show the version.'",
    '',
  ].join('\n');
}

function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Before a command the flags are those of serve. */
function fishConditions(name: string): readonly string[] {
  const seen = `__fish_seen_subcommand_from ${name}`;
  return name === 'serve' ? [seen, '__fish_use_subcommand'] : [seen];
}

function fishLine(condition: string, rest: string): string {
  return `complete -c keepalive-exporter -n '${condition}' ${rest}`;
}

function fishFlag([flag, { help, value, oneOf }]: readonly [string, CommandFlag]): string {
  const takes = value === undefined ? '' : ' -r';
  const values = oneOf === undefined ? '' : ` -f -a ${quoteFish(oneOf.join(' '))}`;
  return `-l ${flag}${takes}${values} -d ${quoteFish(help)}`;
}

function fishCommand([name, { flags, operandWords = [] }]: readonly [string, Command]) {
  const words = operandWords.length === 0 ? [] : [`-f -a ${quoteFish(operandWords.join(' '))}`];
  const lines = [...Object.entries(flags).map(fishFlag), ...words];
  return fishConditions(name).flatMap((condition) =>
    lines.map((line) => fishLine(condition, line)),
  );
}
