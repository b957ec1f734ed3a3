import { idleSecondsBounds } from '../../src/derive/connection-activity.ts';
import { emptySamples } from '../../src/derive/count-sample.ts';
import { emptyHistogram } from '../../src/derive/histogram.ts';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import type { PageTarget } from '../../src/page/model.ts';
import type { ConnectionSummary } from '../../src/snapshot/connections.ts';
import { type ScrapeFailureResult, scrapeResults } from '../../src/snapshot/scrape.ts';
import type { SlotFigures } from '../../src/snapshot/slots.ts';
import type { ObservationOutcome, TargetView } from '../../src/snapshot/target-view.ts';

/** Views as the pipeline would build them, for tests of the page. */
export function viewOf(outcome: ObservationOutcome, part: Partial<TargetView> = {}): TargetView {
  const failures = Object.fromEntries(scrapeResults.map((result) => [result, 0]));
  return {
    observation: {
      target: { name: 'edge', server: 'nginx' },
      atSeconds: 990,
      timings: { durationSeconds: 0.0042 },
      outcome,
    },
    verdict: { evidence: [] },
    counters: {
      failures: failures as TargetView['counters']['failures'],
      badFields: 0,
      samples: emptySamples,
    },
    ...(outcome.kind === 'answered' ? { figures: outcome.figures } : {}),
    ...part,
  };
}

export function answeredWith(
  active: number,
  slots = 100,
): Extract<ObservationOutcome, { kind: 'answered' }> {
  const snapshot = { kind: 'nginx', active, reading: 0, writing: active, waiting: 0 } as const;
  return { kind: 'answered', snapshot, figures: deriveNginxSlots(snapshot, { slots }) };
}

export function failedWith(result: ScrapeFailureResult): ObservationOutcome {
  return { kind: 'failed', failure: { result, message: `failed: ${result}`, remedy: 'look' } };
}

export function targetOf(name: string, part: Partial<PageTarget> = {}): PageTarget {
  return { identity: { name, server: 'apache' }, ...part };
}

/** A full prefork of 6 as the kernel shows it: 5 idle clients, one half request. */
export const fullPrefork: SlotFigures = {
  keepaliveModel: 'blocking',
  groups: [
    {
      kind: 'worker',
      limit: { value: 6, source: 'scoreboard' },
      counts: new Map([
        ['active', 1],
        ['keepalive', 5],
      ]),
    },
  ],
  keepaliveOccupancy: 5 / 6,
  workerSaturation: 1,
};

export const fullPreforkConnections: ConnectionSummary = {
  counts: { queued: 4, silent: 0, active: 1, sending: 0, idle: 5, closing: 0 },
  idleSeconds: emptyHistogram(idleSecondsBounds),
  oldestIdleSeconds: 42,
  clients: 3,
  topClientConnections: 4,
  held: [
    { activity: 'idle', ageSeconds: 42.4 },
    { activity: 'active', ageSeconds: 7 },
    ...[3, 3, 2, 1].map((ageSeconds) => ({ activity: 'idle' as const, ageSeconds })),
  ],
};

/** The same server as a target of the page: its status page is silent and the kernel tells. */
export const exhaustedTarget: PageTarget = targetOf('full', {
  verdict: { exhausted: true, evidence: ['accept_queue'] },
  lastAnswered: viewOf(answeredWith(10)).observation,
  view: viewOf(failedWith('response_timeout'), {
    figures: fullPrefork,
    slotsSource: 'kernel',
    unanswered: true,
    host: { connections: fullPreforkConnections, kernelReadAtSeconds: 999 },
  }),
});
