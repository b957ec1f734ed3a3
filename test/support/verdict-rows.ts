import { expect, test } from 'vitest';
import { deriveVerdict, type VerdictInput } from '../../src/derive/verdict.ts';
import type { ScrapeFailureResult } from '../../src/snapshot/scrape.ts';
import type { SlotFigures } from '../../src/snapshot/slots.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';
import type { ObservationOutcome } from '../../src/snapshot/target-view.ts';

/** What was observed, the verdict that is to follow (undefined: nothing can be said), and its evidence. */
export type VerdictRow = readonly [
  string,
  Omit<VerdictInput, 'server'>,
  boolean | undefined,
  readonly string[],
];

export function testVerdicts(server: ServerKind, rows: readonly VerdictRow[]): void {
  test.each(rows)('deriveVerdict() %s', (_, input, exhausted, evidence) => {
    expect(deriveVerdict({ server, ...input })).toEqual({
      ...(exhausted === undefined ? {} : { exhausted }),
      evidence,
    });
  });
}

export const answer = (figures: SlotFigures): ObservationOutcome => ({
  kind: 'answered',
  snapshot: { kind: 'nginx' },
  figures,
});

export const failed = (result: ScrapeFailureResult): ObservationOutcome => ({
  kind: 'failed',
  failure: { result, message: '', remedy: '' },
});

/** After the headers of an answer with status 200. */
export const cutShort = (result: ScrapeFailureResult): ObservationOutcome => ({
  kind: 'failed',
  failure: { result, message: '', remedy: '', answerBegan: true },
});

/** Seven connections that a process holds, which is nine tenths of eight workers. */
export const activities = { queued: 4, silent: 1, active: 1, sending: 1, idle: 2, closing: 2 };
