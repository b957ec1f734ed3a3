import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

/** What bash offers for a command line that ends at the cursor. */
async function completionsOf(words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runCli(['completion', 'bash']);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const input = `${stdout}
COMP_WORDS=(${quoted})
COMP_CWORD=${words.length - 1}
_keepalive_exporter
printf '%s\\n' "\${COMPREPLY[@]}"
`;
  const { stdout: offered, stderr } = spawnSync('bash', ['-s'], { input, encoding: 'utf8' });
  expect(stderr).toBe('');
  return offered.split('\n').filter(Boolean);
}

const program = 'keepalive-exporter';

test.each([
  [
    [program, 'check'],
    ['check-config', 'check-keepalive'],
  ],
  [[program, '--log.l'], ['--log.level=']],
  [[program, 'serve', '--web.t'], ['--web.telemetry-path=']],
  [
    [program, 'audit', '--fail-on', '='],
    ['error', 'warning', 'info', 'never'],
  ],
  [[program, 'audit', '--fail-on', '=', 'w'], ['warning']],
  [[program, '--log.level', '=', 'd'], ['debug']],
  [[program, 'completion', 'f'], ['fish']],
  [[program, 'help', 'pl'], ['plan']],
])('bash: %j offers %j', async (words, offered) => {
  expect(await completionsOf(words)).toEqual(offered);
});

test.each(['bash', 'zsh', 'fish'])('%s names every command', async (shell) => {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  for (const name of ['check-config', 'check-keepalive', 'compare']) expect(stdout).toContain(name);
});

test.each([
  [[], 'no shell is given: want bash, zsh or fish'],
  [['fsh'], 'there is no completion for "fsh": want bash, zsh or fish; did you mean zsh?'],
])('completion %j is refused', async (args, problem) => {
  const { code, stderr } = await runCli(['completion', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(problem);
});

test('fish offers the flags of serve without a command, help as a command, and no file names in place of commands', async () => {
  const { stdout } = await runCli(['completion', 'fish']);
  const atFirstWord = stdout.split('\n').filter((line) => line.includes("'__fish_use_subcommand'"));
  for (const part of ['-l log.level -r', '-l web.config.file -r', '-f -a serve', '-f -a help'])
    expect(
      atFirstWord.filter((line) => line.includes(part)),
      part,
    ).toHaveLength(1);
});

test('zsh takes the script from a folder of fpath, and completes values of a closed list and files', async () => {
  const { stdout } = await runCli(['completion', 'zsh']);
  expect(stdout).toMatch(/^#compdef keepalive-exporter\n/);
  for (const part of [
    ':LEVEL:(debug info warn error)',
    "'--config.file=[",
    ':FILE:_files',
    "'1:SHELL:(bash zsh fish)'",
    "'*--log=[", // may be repeated
  ])
    expect(stdout).toContain(part);
});
