import { describe, expect, test } from 'vitest';
import { describeChanges, renderHeadline } from '../../src/derive/advice-words.ts';
import type { Choice } from '../../src/derive/choose-timeout.ts';
import type { AdvisedServer } from '../../src/snapshot/advice.ts';
import type { KeepaliveModel } from '../../src/snapshot/prediction.ts';
import { modelWith, predictionOf } from '../support/predictions.ts';

const advised = predictionOf({ timeoutSeconds: 2, reuseRatio: 0.76, busiestSlots: 48 });

interface Asked {
  readonly part?: Partial<KeepaliveModel>;
  readonly server?: AdvisedServer;
  readonly missing?: readonly string[];
}

function headline(choice: Choice, { part = {}, server = 'prefork', missing = [] }: Asked = {}) {
  const model = modelWith([advised], part);
  return renderHeadline(choice, { model, options: { server }, missing });
}

describe('renderHeadline()', () => {
  const effect =
    '76 % of the requests reuse a connection, the busiest moment holds at most 48 of 100 slots';

  test('names everything that is missing for an advice', () => {
    expect(headline({ kind: 'none' }, { missing: ['a log', 'a page'] })).toBe(
      'No advice: a log, a page.',
    );
  });

  test('names the timeout, the one of today and the effect', () => {
    expect(headline({ kind: 'keep', advised })).toBe(`Keep the timeout of 2 s: ${effect}.`);
    expect(headline({ kind: 'timeout', advised })).toBe(
      `Set the keep-alive timeout to 2 s (today 5 s): ${effect}.`,
    );
    expect(headline({ kind: 'off', advised })).toBe(`Turn keep-alive off (today 5 s): ${effect}.`);
  });

  test('leaves out the timeout of today and the limit where they are not known', () => {
    const part = { todaySeconds: undefined, slotLimit: undefined };
    expect(headline({ kind: 'timeout', advised }, { part })).toBe(
      'Set the keep-alive timeout to 2 s: 76 % of the requests reuse a connection, the busiest moment holds at most 48 slots.',
    );
  });

  test.each(['async', 'reclaimable'] as const)(
    'counts connections where idle clients are %s',
    (idleCost) => {
      expect(headline({ kind: 'keep', advised }, { part: { idleCost } })).toContain(
        'at most 48 of 100 connections.',
      );
    },
  );

  test('names the slots to add, and those of today where they are known', () => {
    const choice: Choice = { kind: 'more_slots', advised, slots: 1200 };
    const reason = 'Requests alone occupy too many of them.';
    expect(headline(choice)).toBe(
      `Add slots: 1,200 instead of 100, with a timeout of 2 s. ${reason}`,
    );
    expect(headline(choice, { part: { slots: undefined } })).toBe(
      `Add slots: 1,200, with a timeout of 2 s. ${reason}`,
    );
  });

  test('names another design for the server, and the slots that it would need', () => {
    expect(headline({ kind: 'redesign', slots: 1200 }, { server: 'nginx' })).toBe(
      'More slots are needed than memory allows (1,200): spread the site over more machines.',
    );
    expect(headline({ kind: 'redesign' }, { server: 'event' })).toBe(
      'More slots are needed than memory allows: put nginx in front, or spread the site over more machines.',
    );
    expect(headline({ kind: 'redesign' }, { server: 'prefork' })).toContain(
      ': change to the event MPM, where idle clients hold no worker, put nginx in front, or',
    );
  });
});

describe('describeChanges()', () => {
  const better = predictionOf({
    timeoutSeconds: 5,
    reuseRatio: 0.81,
    busiestSlots: 130,
    fits: false,
  });
  const event = 'the event MPM, where idle clients hold no worker';
  const room = 'a busiest moment of more than 80 slots, 80 % of 100';
  const moreSlots =
    'more slots: 5 s would let 81 % of the requests reuse a connection, and needs up to 130';

  test('names the room that is left, a timeout that needs more slots, and the event MPM', () => {
    const model = modelWith([advised, better]);
    expect(describeChanges({ kind: 'timeout', advised }, model)).toEqual([room, moreSlots, event]);
    expect(describeChanges({ kind: 'more_slots', advised, slots: 200 }, model)).toEqual([
      room,
      event,
    ]);
  });

  test('names no timeout that fits, or whose reuse is hardly better', () => {
    const fitting = { ...better, fits: true };
    expect(describeChanges({ kind: 'keep', advised }, modelWith([fitting]))).toEqual([room, event]);
    const alike = predictionOf({
      timeoutSeconds: 5,
      reuseRatio: 0.79,
      busiestSlots: 130,
      fits: false,
    });
    expect(describeChanges({ kind: 'keep', advised }, modelWith([alike]))).toEqual([room, event]);
  });

  test('names what was not measured, and nothing that does not apply', () => {
    const part = {
      meanTailSeconds: undefined,
      slotLimit: undefined,
      idleCost: 'reclaimable',
    } as const;
    expect(describeChanges({ kind: 'keep', advised }, modelWith([advised], part))).toEqual([
      'measured keep-alive slots, which show how soon clients close',
    ]);
  });

  test('names the workers that more memory would allow', () => {
    const model = modelWith([better]);
    expect(describeChanges({ kind: 'redesign', slots: 1200 }, model)).toEqual([
      'more memory: 1,200 workers',
      event,
    ]);
  });

  test('names nothing without an advice', () => {
    expect(describeChanges({ kind: 'none' }, modelWith([better]))).toEqual([]);
  });
});
