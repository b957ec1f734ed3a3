import type { CapacityConfig } from '../config/schema.ts';
import { deriveApacheSlots } from '../derive/apache-slots.ts';
import { deriveNginxSlots } from '../derive/nginx-slots.ts';
import { parseServerVersion } from '../derive/server-version.ts';
import { deriveStartTime } from '../derive/start-time.ts';
import { scrapeFailure } from '../io/fetch-failure.ts';
import { createPageFetcher, type FetchedPage, type FetchPageOptions } from '../io/fetch-page.ts';
import { parseApacheStatus } from '../parse/apache-status.ts';
import { parseStubStatus } from '../parse/stub-status.ts';
import { type ScrapeFailureResult, scrapeResults } from '../snapshot/scrape.ts';
import type { Capacity, SlotFigures } from '../snapshot/slots.ts';
import type { ServerKind, StatusSnapshot } from '../snapshot/status-page.ts';
import type {
  Observation,
  ObservationOutcome,
  TargetIdentity,
  TargetView,
} from '../snapshot/target-view.ts';
import { createCapacitySource } from './capacity-source.ts';
import type { Log } from './log.ts';

export interface TargetOptions extends FetchPageOptions {
  readonly identity: TargetIdentity;
  readonly timeoutMilliseconds: number;
  readonly capacity: CapacityConfig;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** One target under watch; it counts what happened to it since the exporter started. */
export interface Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  /**
   * Looks at the target once. Callers that come while a look is under way share it. Never rejects: a failure is
   * part of the view.
   */
  observe(deadlineMilliseconds: number): Promise<TargetView>;
  /** The latest view, without looking anew. */
  latest(): TargetView | undefined;
}

export function createTarget(options: TargetOptions): Target {
  const { identity, log } = options;
  const fetcher = createPageFetcher(options);
  const readCapacity = createCapacitySource(options);
  const failures = Object.fromEntries(
    scrapeResults.filter((result) => result !== 'ok').map((result) => [result, 0]),
  ) as Record<ScrapeFailureResult, number>;
  let badFields = 0;
  let under: Promise<TargetView> | undefined;
  let latest: TargetView | undefined;

  const look = async (deadlineMilliseconds: number): Promise<TargetView> => {
    const [page, capacity] = await Promise.all([
      fetcher.fetch(Math.min(deadlineMilliseconds, options.timeoutMilliseconds)),
      readCapacity(),
    ]);
    const timings = page.ok ? page.value.timings : page.error.timings;
    const parsed: ParsedOutcome = page.ok
      ? parseOutcome({
          page: page.value,
          server: identity.server,
          capacity,
          now: options.now(),
          statusUrl: options.statusUrl,
        })
      : { outcome: { kind: 'failed', failure: page.error.failure }, badFields: 0 };
    badFields += parsed.badFields;
    const { outcome } = parsed;
    if (outcome.kind === 'failed') failures[outcome.failure.result] += 1;
    logTransition(latest?.observation.outcome, outcome);
    const observation: Observation = {
      target: identity,
      atSeconds: options.now(),
      timings,
      outcome,
    };
    latest = { observation, counters: { failures: { ...failures }, badFields } };
    return latest;
  };

  /** One line when a target fails in a new way and one when it answers again, not one for each scrape. */
  const logTransition = (before: ObservationOutcome | undefined, after: ObservationOutcome) => {
    const was = before?.kind === 'failed' ? before.failure.result : 'ok';
    const is = after.kind === 'failed' ? after.failure.result : 'ok';
    if (was === is) return;
    if (after.kind === 'answered') log.info('target answers again', { target: identity.name });
    else {
      const { result, message, remedy } = after.failure;
      log.warn('target cannot be read', { target: identity.name, result, error: message, remedy });
    }
  };

  return {
    identity,
    statusUrl: options.statusUrl,
    latest: () => latest,
    observe(deadlineMilliseconds) {
      under ??= look(deadlineMilliseconds).finally(() => {
        under = undefined;
      });
      return under;
    },
  };
}

interface ParsedOutcome {
  readonly outcome: ObservationOutcome;
  readonly badFields: number;
}

interface PageContext {
  readonly page: FetchedPage;
  readonly server: ServerKind;
  readonly capacity: Capacity;
  readonly now: number;
  readonly statusUrl: string;
}

/** The pure middle of an observation: page in, figures or failure out. */
function parseOutcome({ page, server, capacity, now, statusUrl }: PageContext): ParsedOutcome {
  const parsed = server === 'apache' ? parseApacheStatus(page.body) : parseStubStatus(page.body);
  if (!parsed.ok) {
    const { found, remedy } = parsed.error;
    const failure = scrapeFailure(
      'not_a_status_page',
      `fetch "${statusUrl}": found ${found} instead of ${statusPageNames[server]}`,
      remedy,
    );
    return { outcome: { kind: 'failed', failure }, badFields: 0 };
  }
  const { snapshot, badFields } = parsed.value;
  const version = parseServerVersion(
    snapshot.kind === 'apache' ? snapshot.serverVersion : page.serverHeader,
  );
  const startTimeSeconds = snapshot.kind === 'apache' ? deriveStartTime(snapshot, now) : undefined;
  const outcome: ObservationOutcome = {
    kind: 'answered',
    snapshot,
    figures: deriveSlots(snapshot, capacity),
    ...(version === undefined ? {} : { version }),
    ...(startTimeSeconds === undefined ? {} : { startTimeSeconds }),
  };
  return { outcome, badFields: badFields.length };
}

const statusPageNames: Readonly<Record<ServerKind, string>> = {
  apache: "mod_status's ?auto page",
  nginx: "nginx's stub_status page",
};

function deriveSlots(snapshot: StatusSnapshot, capacity: Capacity): SlotFigures {
  return snapshot.kind === 'apache'
    ? deriveApacheSlots(snapshot, capacity)
    : deriveNginxSlots(snapshot, capacity);
}
