import type { Observation, ObservationOutcome, TargetView } from '../snapshot/target-view.ts';

/** Above this saturation the kernel is read with each sample; below it, with each scrape. */
const closeWatchSaturation = 0.7;

/** Whether the status page alone is enough until the next scrape. */
export function isCalm(outcome: ObservationOutcome, before: TargetView | undefined): boolean {
  return (
    outcome.kind === 'answered' &&
    before?.observation.outcome.kind === 'answered' &&
    before.verdict.exhausted !== true &&
    (outcome.figures.workerSaturation ?? 0) <= closeWatchSaturation
  );
}

export function isTimeout({ observation: { outcome } }: TargetView): boolean {
  return outcome.kind === 'failed' && /_timeout$/.test(outcome.failure.result);
}

export function versionOf(answered: Observation | undefined): string | undefined {
  return answered?.outcome.kind === 'answered' ? answered.outcome.version : undefined;
}

/** For a caller whose time is over before the server had a second to answer. */
export function unfinishedPoll({
  identity,
  now,
  statusUrl,
}: {
  readonly identity: Observation['target'];
  readonly now: () => number;
  readonly statusUrl: string;
}): Observation {
  return {
    target: identity,
    atSeconds: now(),
    timings: { durationSeconds: 0 },
    outcome: {
      kind: 'failed',
      failure: {
        result: 'response_timeout',
        message: `fetch "${statusUrl}": the scrape ended before the server had a second to answer`,
        remedy: 'raise scrape_timeout to 2 seconds or more',
      },
    },
  };
}
