import { expect, test } from 'vitest';
import { logPoll } from '../../src/pipeline/log-poll.ts';
import type { BadField } from '../../src/snapshot/status-page.ts';
import type { Observation } from '../../src/snapshot/target-view.ts';

const target = { name: 'shop', server: 'nginx' } as const;

const answered: Observation = {
  target,
  atSeconds: 0,
  timings: { durationSeconds: 0.012 },
  outcome: {
    kind: 'answered',
    snapshot: { kind: 'nginx' },
    figures: { groups: [], keepaliveModel: 'reclaimable' },
  },
};

const refused: Observation = {
  ...answered,
  timings: { durationSeconds: 0.001 },
  outcome: {
    kind: 'failed',
    failure: { result: 'refused', message: 'nothing listens', remedy: 'start the server' },
  },
};

function linesOf(
  observation: Observation,
  more: { readonly before?: Observation; readonly badFields?: readonly BadField[] } = {},
) {
  const lines: unknown[] = [];
  const at = (level: string) => (message: string, fields?: object) =>
    lines.push({ level, message, ...fields });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  logPoll(log, { before: more.before, observation, badFields: more.badFields ?? [] });
  return lines;
}

test('each poll is logged at debug level, with its result and duration', () => {
  const polled = { level: 'debug', message: 'polled', target: 'shop' };
  expect(linesOf(answered, { before: answered })).toEqual([
    { ...polled, result: 'ok', duration_seconds: 0.012 },
  ]);
  expect(linesOf(refused, { before: refused })).toEqual([
    { ...polled, result: 'refused', duration_seconds: 0.001 },
  ]);
});

test('each field of a status page that cannot be read is logged with its line', () => {
  const badFields = [{ field: 'waiting', line: 4, found: '-1' }];
  expect(linesOf(answered, { before: answered, badFields })).toContainEqual({
    level: 'debug',
    message: 'a field of the status page cannot be read',
    target: 'shop',
    field: 'waiting',
    line: 4,
    found: '-1',
  });
});

test('above debug level only a new kind of failure and the next answer are logged', () => {
  const noticed = (observation: Observation, before?: Observation) =>
    linesOf(observation, before === undefined ? {} : { before }).filter(
      (line) => !JSON.stringify(line).includes('"debug"'),
    );
  expect(noticed(answered)).toEqual([]);
  expect(noticed(refused)).toEqual([
    {
      level: 'warn',
      message: 'target cannot be read',
      target: 'shop',
      result: 'refused',
      error: 'nothing listens',
      remedy: 'start the server',
    },
  ]);
  expect(noticed(refused, refused)).toEqual([]);
  expect(noticed(answered, refused)).toEqual([
    { level: 'info', message: 'target answers again', target: 'shop' },
  ]);
});
