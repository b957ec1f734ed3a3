import { describe, expect, test } from 'vitest';
import { environmentName, parseCommandLine } from '../../src/cli/flags.ts';

function flagsOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const line = parseCommandLine(args, environment);
  if (!line.ok) throw new Error(line.error);
  return line.value.flags;
}

function problemOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const line = parseCommandLine(args, environment);
  return line.ok ? undefined : line.error;
}

describe('parseCommandLine()', () => {
  test('takes the default, the environment over it, the argument over both', () => {
    const environment = { KEEPALIVE_EXPORTER_LOG_LEVEL: 'warn' };
    expect(flagsOf([])['log.level']).toBe('info');
    expect(flagsOf([], environment)['log.level']).toBe('warn');
    expect(flagsOf(['--log.level=debug'], environment)['log.level']).toBe('debug');
  });

  test('takes an empty variable, as compose files pass on, for one that is not set', () => {
    expect(flagsOf([], { KEEPALIVE_EXPORTER_LOG_LEVEL: '' })['log.level']).toBe('info');
  });

  test.each(['true', 'TRUE', '1', ' true '])('reads a boolean variable "%s" as true', (value) => {
    const environment = { KEEPALIVE_EXPORTER_NO_COMPAT_METRICS: value };
    expect(flagsOf([], environment)['no-compat-metrics']).toBe('true');
  });

  test.each(['false', 'False', '0', ''])('reads a boolean variable "%s" as absent', (value) => {
    const environment = { KEEPALIVE_EXPORTER_NO_COMPAT_METRICS: value };
    expect(flagsOf([], environment)['no-compat-metrics']).toBeUndefined();
  });

  test('names the variable whose value is no boolean', () => {
    expect(problemOf([], { KEEPALIVE_EXPORTER_REAL: 'yes' })).toBe(
      'KEEPALIVE_EXPORTER_REAL="yes" is no true or false',
    );
  });

  test.each(['HELP', 'VERSION'])('does not end serve for a KEEPALIVE_EXPORTER_%s', (name) => {
    const flags = flagsOf(['serve'], { [`KEEPALIVE_EXPORTER_${name}`]: '1.2' });
    expect(flags).toEqual(flagsOf(['serve']));
  });

  test('refuses an unknown flag and a second command', () => {
    expect(problemOf(['--log.levle=info'])).toContain('--log.levle');
    expect(problemOf(['serve', 'demo'])).toBe('one command wanted, found "serve demo"');
  });
});

describe('environmentName()', () => {
  test('is the flag in capitals; none for a flag that only an argument sets', () => {
    expect(environmentName('web.listen-address')).toBe('KEEPALIVE_EXPORTER_WEB_LISTEN_ADDRESS');
    expect(environmentName('version')).toBeUndefined();
  });
});
