import { describe, expect, test } from 'vitest';
import {
  type CommandFlagTable,
  environmentName,
  firstValues,
  parseCommandFlags,
} from '../../src/cli/command-flags.ts';
import { commands } from '../../src/cli/commands.ts';
import { serveFlags } from '../../src/cli/flags.ts';
import { runCli } from '../support/run-cli.ts';

type Environment = Readonly<Record<string, string>>;

const table = {
  ...serveFlags,
  real: { help: 'A flag without a value.', environment: true },
} as const satisfies CommandFlagTable;

function flagsOf(args: readonly string[], environment: Environment = {}) {
  const read = parseCommandFlags(table, args, { environment });
  if (!read.ok) throw new Error(read.error);
  return firstValues(read.value.flags);
}

function problemOf(args: readonly string[], environment: Environment = {}) {
  const read = parseCommandFlags(table, args, { environment });
  return read.ok ? undefined : read.error;
}

describe('parseCommandFlags()', () => {
  test('takes the default, the environment over it, the argument over both', () => {
    const environment = { KEEPALIVE_EXPORTER_LOG_LEVEL: 'warn' };
    expect(flagsOf([])['log.level']).toBe('info');
    expect(flagsOf([], environment)['log.level']).toBe('warn');
    expect(flagsOf(['--log.level=debug'], environment)['log.level']).toBe('debug');
  });

  test('an empty variable, as compose files pass on, counts as not set', () => {
    expect(flagsOf([], { KEEPALIVE_EXPORTER_LOG_LEVEL: '' })['log.level']).toBe('info');
    expect(flagsOf(['--log.level='])['log.level']).toBe('info');
  });

  test.each(['true', 'TRUE', '1', ' true '])('reads a boolean variable "%s" as true', (value) => {
    const environment = { KEEPALIVE_EXPORTER_NO_COMPAT_METRICS: value };
    expect(flagsOf([], environment)['no-compat-metrics']).toBe('true');
  });

  test.each(['false', 'False', '0', ''])('reads a boolean variable "%s" as absent', (value) => {
    const environment = { KEEPALIVE_EXPORTER_NO_COMPAT_METRICS: value };
    expect(flagsOf([], environment)['no-compat-metrics']).toBeUndefined();
  });

  test.each<readonly [readonly string[], Environment, string]>([
    [[], { KEEPALIVE_EXPORTER_REAL: 'yes' }, 'KEEPALIVE_EXPORTER_REAL="yes": want true or false'],
    [
      [],
      { KEEPALIVE_EXPORTER_LOG_LEVEL: 'wran' },
      'KEEPALIVE_EXPORTER_LOG_LEVEL="wran": want debug, info, warn or error; did you mean warn?',
    ],
    [['--log.levle=info'], {}, 'there is no flag --log.levle; did you mean --log.level?'],
    [['-log.level=info'], {}, 'there is no flag -log.level; did you mean --log.level?'],
    [['--xyzzy'], {}, 'there is no flag --xyzzy'],
    [['--log.level'], {}, '--log.level needs a value: --log.level=LEVEL'],
    [['--config.file', '--real'], {}, '--config.file needs a value: --config.file=FILE'],
    [['--log.level=info', '--log.level=warn'], {}, '--log.level is given twice; give it once'],
    [['--real=maybe'], {}, '--real="maybe": want true or false'],
    [['other'], {}, '"other" is one argument too many; remove it'],
  ])('%j with %j: %s', (args, environment, problem) => {
    expect(problemOf(args, environment)).toBe(problem);
  });

  test('accepts a value after a space; a flag that is absent is false', () => {
    const flags = flagsOf(['--log.level', 'warn', '--real=false']);
    expect(flags['log.level']).toBe('warn');
    expect(flags.real).toBeUndefined();
  });
});

test('environmentName() is the flag in capitals', () => {
  expect(environmentName('web.listen-address')).toBe('KEEPALIVE_EXPORTER_WEB_LISTEN_ADDRESS');
});

describe('every command', () => {
  const names = Object.keys(commands);

  test.each(names)('%s --help, -h and help %s show its flags', async (name) => {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: keepalive-exporter ${name}`);
    for (const flag of Object.keys(commands[name]?.flags ?? {})) {
      expect(stdout).toContain(`  --${flag}`);
    }
    expect(await runCli([name, '-h'])).toEqual({ code, stdout, stderr: '' });
    expect(await runCli(['help', name])).toEqual({ code, stdout, stderr: '' });
  });

  test.each(names)('%s refuses an unknown flag with the nearest one, exit code 2', async (name) => {
    const { code, stderr } = await runCli([name, '--hlep']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `keepalive-exporter ${name}: there is no flag --hlep; did you mean --help?`,
    );
  });

  test.each(['config.file', 'web.config.file', 'log.level', 'log.format'])(
    'demo refuses --%s, which it would ignore',
    async (flag) => {
      const { code, stderr } = await runCli(['demo', `--${flag}=x`]);
      expect(code).toBe(2);
      expect(stderr).toContain(`there is no flag --${flag}`);
    },
  );

  test('check-config --help says what its --config.file is, which is not what it is for serve', async () => {
    const { stdout } = await runCli(['check-config', '--help']);
    expect(stdout).toMatch(
      /--config\.file=FILE +The file to check, instead of FILE as an argument\./,
    );
    expect(stdout).not.toContain('Without it');
  });

  test('a flag that several share takes a value in all or in none: the command is found before it is known', () => {
    const kinds = new Map<string, boolean>();
    for (const { flags } of Object.values(commands)) {
      for (const [flag, { value }] of Object.entries(flags)) {
        expect(kinds.get(flag) ?? value !== undefined, flag).toBe(value !== undefined);
        kinds.set(flag, value !== undefined);
      }
    }
  });

  test('no help holds a colour: NO_COLOR has nothing to turn off', async () => {
    for (const name of names) {
      expect((await runCli([name, '--help'])).stdout).not.toContain(String.fromCharCode(27));
    }
  });
});
