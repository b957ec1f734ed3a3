import { didYouMean, listWords } from '../parse/nearest-word.ts';
import type { CommandArguments, CommandFlagTable } from './command-flags.ts';
import { renderBash } from './completion-bash.ts';
import { renderFish } from './completion-fish.ts';
import { type Shell, shells } from './completion-shells.ts';
import { renderZsh } from './completion-zsh.ts';
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
  zsh: renderZsh,
  fish: renderFish,
};
