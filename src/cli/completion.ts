import { didYouMean, listWords } from '../parse/nearest-word.ts';
import type { Command } from './command.ts';
import type { CommandArguments, CommandFlag, CommandFlagTable } from './command-flags.ts';
import { commands } from './commands.ts';
import { type Shell, shells } from './completion-shells.ts';
import type { CliIo } from './io.ts';
import { wrongUse } from './wrong-use.ts';

/** Prints a script that completes commands, flags and the values of flags that have a closed list. */
export function completion({ operands }: CommandArguments<CommandFlagTable>, io: CliIo): number {
  const [name = ''] = operands;
  const shell = shells.find((known) => known === name);
  if (shell === undefined) {
    const found = name === '' ? 'no shell is given' : `there is no completion for "${name}"`;
    const problem = `${found}: want ${listWords(shells)}${didYouMean(name, shells)}`;
    return wrongUse('completion', problem, io);
  }
  io.stdout(renderCompletion(shell));
  return 0;
}

export function renderCompletion(shell: Shell): string {
  return renderers[shell]();
}

const renderers: Readonly<Record<Shell, () => string>> = {
  bash: renderBash,
  // zsh runs the script of bash.
  zsh: () => `autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n${renderBash()}`,
  fish: renderFish,
};

/** A flag in the form that the shell compares: `--log.level=`. */
function flagWord([name, { value }]: readonly [string, CommandFlag]): string {
  return value === undefined ? `--${name}` : `--${name}=`;
}

function valuePatterns([name, row]: readonly [string, Command]): readonly string[] {
  return Object.entries(row.flags).flatMap(([flag, { oneOf }]) =>
    oneOf === undefined ? [] : [`    ${name}:--${flag}) words='${oneOf.join(' ')}';;`],
  );
}

/** In bash `=` is a separate word: `--log.level=i` is completed as `--log.level`, `=`, `i`. */
function renderBash(): string {
  const all = Object.entries(commands);
  const flags = all.map(([name, row]) => {
    const words = [...(row.operandWords ?? []), ...Object.entries(row.flags).map(flagWord)];
    return `    ${name}) words='${[...words, '--help'].join(' ')}';;`;
  });
  return `# bash completion of keepalive-exporter; made by: keepalive-exporter completion bash
_keepalive_exporter() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} flag= command=serve words=
  [ "$current" = '=' ] && { flag=$before; current=; }
  [ "$before" = '=' ] && flag=\${COMP_WORDS[COMP_CWORD-2]}
  [ "$COMP_CWORD" -gt 1 ] && case \${COMP_WORDS[1]} in -*) ;; *) command=\${COMP_WORDS[1]};; esac
  if [ -n "$flag" ]; then case $command:$flag in
${all.flatMap(valuePatterns).join('\n')}
  esac; elif [ "$COMP_CWORD" -eq 1 ] && [ "\${current#-}" = "$current" ]; then
    words='${[...all.map(([name]) => name), 'help'].join(' ')}'
  else case $command in
${flags.join('\n')}
    help) words='${all.map(([name]) => name).join(' ')}';;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ "\${#COMPREPLY[@]}" -eq 1 ] && case \${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null;; esac
  return 0
}
complete -o default -F _keepalive_exporter keepalive-exporter
`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function renderFish(): string {
  const all = Object.entries(commands);
  const names = all.map(([name]) => name).join(' ');
  const lines = all.flatMap(([name, { summary, flags, operandWords = [] }]) => [
    `complete -c keepalive-exporter -n '__fish_use_subcommand' -a ${name} -d ${quoteFish(summary)}`,
    ...Object.entries(flags).map(([flag, { help, value, oneOf }]) => {
      const takes = value === undefined ? '' : ' -r';
      const values = oneOf === undefined ? '' : ` -f -a ${quoteFish(oneOf.join(' '))}`;
      return `complete -c keepalive-exporter -n '__fish_seen_subcommand_from ${name}' -l ${flag}${takes}${values} -d ${quoteFish(help)}`;
    }),
    ...(operandWords.length === 0
      ? []
      : [
          `complete -c keepalive-exporter -n '__fish_seen_subcommand_from ${name}' -f -a ${quoteFish(operandWords.join(' '))}`,
        ]),
  ]);
  return [
    '# fish completion of keepalive-exporter; made by: keepalive-exporter completion fish',
    ...lines,
    `complete -c keepalive-exporter -n '__fish_seen_subcommand_from help' -f -a ${quoteFish(names)}`,
    '',
  ].join('\n');
}
