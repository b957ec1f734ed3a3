import { describe, expect, test } from 'vitest';
import { renderSummary } from '../../src/cli/demo-summary.ts';
import { countSample, emptySamples } from '../../src/derive/count-sample.ts';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import { scrapeResults } from '../../src/snapshot/scrape.ts';
import type { Capacity } from '../../src/snapshot/slots.ts';
import type { ObservationOutcome, TargetView } from '../../src/snapshot/target-view.ts';

const snapshot = { kind: 'nginx', active: 21, reading: 1, writing: 2, waiting: 18 } as const;

function answered(capacity: Capacity): ObservationOutcome {
  return { kind: 'answered', snapshot, figures: deriveNginxSlots(snapshot, capacity) };
}

function view(outcome: ObservationOutcome, samples = emptySamples): TargetView {
  const failures = Object.fromEntries(scrapeResults.map((result) => [result, 0]));
  return {
    observation: {
      target: { name: 'edge', server: 'nginx' },
      atSeconds: 0,
      timings: { durationSeconds: 0 },
      outcome,
    },
    verdict: { evidence: [] },
    counters: { failures: failures as TargetView['counters']['failures'], badFields: 0, samples },
  };
}

function cellsOf(line: string | undefined): readonly string[] {
  return (line ?? '').split(/ {2,}/);
}

function check({
  outcome,
  samples,
}: {
  outcome: ObservationOutcome;
  samples?: typeof emptySamples;
}) {
  const [, row] = renderSummary([view(outcome, samples)]).split('\n');
  return cellsOf(row);
}

describe('renderSummary()', () => {
  test('has one aligned line for each target below a header', () => {
    const text = renderSummary([view(answered({ slots: 24 })), view(answered({}))]);
    const lines = text.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe('');
    expect(cellsOf(lines[0])).toEqual([
      'target',
      'up',
      'keep-alive',
      'limit',
      'occupancy',
      'saturation',
      'peak saturation',
    ]);
    expect(lines[2]?.indexOf('18')).toBe(lines[0]?.indexOf('keep-alive'));
  });

  test('says how many slots keep-alive holds, of how many', () => {
    expect(check({ outcome: answered({ slots: 24 }) })).toEqual([
      'edge',
      '1',
      '18',
      '24',
      '75 %',
      '13 %',
      '0 to 50 %',
    ]);
  });

  test('a figure that depends on an unknown limit is unknown, not 0', () => {
    expect(check({ outcome: answered({}) }).slice(2, 6)).toEqual([
      '18',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  test('shows the result of a target that did not answer, and no figures', () => {
    const failure = { result: 'refused', message: 'nobody listens', remedy: 'start it' } as const;
    expect(check({ outcome: { kind: 'failed', failure } })).toEqual([
      'edge',
      '0 (refused)',
      '-',
      '-',
      '-',
      '-',
      'no samples',
    ]);
  });

  test.each([
    [0.2, '0 to 50 %'],
    [0.5, '0 to 50 %'],
    [0.51, '50 to 70 %'],
    [0.92, '90 to 95 %'],
    [1, '95 to 100 %'],
  ])('names the bucket of the highest sample: %d is %s', (workerSaturation, expected) => {
    const figures = { ...deriveNginxSlots(snapshot, {}), workerSaturation };
    const low = { ...figures, workerSaturation: 0.1 };
    const samples = countSample(countSample(emptySamples, figures), low);
    expect(check({ outcome: answered({}), samples }).at(-1)).toBe(expected);
  });
});
