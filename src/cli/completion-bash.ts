import type { Command } from './command.ts';
import type { CommandFlag } from './command-flags.ts';
import { commands } from './commands.ts';

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
export function renderBash(): string {
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
