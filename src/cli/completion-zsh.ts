import type { Command } from './command.ts';
import type { CommandFlag } from './command-flags.ts';
import { commands } from './commands.ts';

/** For `source <(keepalive-exporter completion zsh)`, and as the file `_keepalive-exporter` of a folder in `fpath`. */
export function renderZsh(): string {
  const all = Object.entries(commands);
  const [, serve] = all.find(([name]) => name === 'serve') ?? [];
  const names = [...all.map(([name, { summary }]) => [name, summary] as const), help];
  return `#compdef keepalive-exporter
# zsh completion of keepalive-exporter; made by: keepalive-exporter completion zsh
_keepalive-exporter() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a common commands
  common=('(- *)'{-h,--help}'[Show the help.]' '(- *)'{-v,--version}'[Show the version.]')
  commands=(${names.map(([name, summary]) => quote(`${escapeSpec(name)}:${summary}`)).join(' ')})
  _arguments -C $common ${flagSpecs(serve)} '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands;;
  rest) case $words[1] in
${all.map((entry) => `    ${entry[0]}) _arguments $common ${commandSpecs(entry)};;`).join('\n')}
    help) _arguments '1:command:(${all.map(([name]) => name).join(' ')})';;
  esac;;
  esac
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
if [ "$funcstack[1]" = _keepalive-exporter ]; then _keepalive-exporter "$@"
else compdef _keepalive-exporter keepalive-exporter; fi
`;
}

const help = ['help', 'Show the help of a command.'] as const;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Colons and brackets divide the parts of a specification. */
function escapeSpec(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, '\\$&');
}

function flagSpecs(command: Command | undefined): string {
  return Object.entries(command?.flags ?? {})
    .map(flagSpec)
    .join(' ');
}

function flagSpec([name, flag]: readonly [string, CommandFlag]): string {
  const { value, help: meaning, multiple } = flag;
  const repeated = multiple === undefined ? '' : '*';
  const argument = value === undefined ? '' : '=';
  const values = value === undefined ? '' : `:${escapeSpec(value)}:${valuesOf(flag)}`;
  return quote(`${repeated}--${name}${argument}[${escapeSpec(meaning)}]${values}`);
}

function valuesOf({ value, oneOf }: CommandFlag): string {
  if (oneOf !== undefined) return `(${oneOf.join(' ')})`;
  return value === 'FILE' ? '_files' : ' ';
}

function commandSpecs([, command]: readonly [string, Command]): string {
  const { operands = '', operandWords = [] } = command;
  const words =
    operandWords.length === 0 ? [] : [quote(`1:${operands}:(${operandWords.join(' ')})`)];
  const files = operands.includes('FILE') ? [quote('1:FILE:_files')] : [];
  return [flagSpecs(command), ...words, ...files].filter((part) => part !== '').join(' ');
}
