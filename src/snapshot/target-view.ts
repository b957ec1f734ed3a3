import type { Advice } from './advice.ts';
import type { ConfigView } from './audit.ts';
import type { HostFigures } from './host.ts';
import type { LogView } from './log-source.ts';
import type { SampleCounters } from './samples.ts';
import type { ScrapeFailure, ScrapeFailureResult, ScrapeTimings } from './scrape.ts';
import type { SlotHolders } from './slot-table.ts';
import type { KeepaliveModel, SlotFigures, SlotsSource } from './slots.ts';
import type { ServerKind, StatusSnapshot } from './status-page.ts';
import type { Verdict } from './verdict.ts';

export interface TargetIdentity {
  readonly name: string;
  readonly server: ServerKind;
}

/** What a server is, which does not change while it runs. */
export interface ServerIdentity {
  /** As in the answer. */
  readonly version?: string;
  /** ServerMPM as Apache spells it. */
  readonly mpm?: string;
  readonly keepaliveModel: KeepaliveModel;
}

/** One look at a target: what was fetched and what follows from it. */
export interface Observation {
  readonly target: TargetIdentity;
  /** Unix time in seconds at which the answer (or the failure) was complete. */
  readonly atSeconds: number;
  readonly timings: ScrapeTimings;
  readonly outcome: ObservationOutcome;
}

export type ObservationOutcome =
  | {
      readonly kind: 'answered';
      readonly snapshot: StatusSnapshot;
      readonly figures: SlotFigures;
      /** Bare version such as `2.4.62`, from the page (Apache) or the Server header (nginx). */
      readonly version?: string;
      /** Unix time in seconds. */
      readonly startTimeSeconds?: number;
    }
  | { readonly kind: 'failed'; readonly failure: ScrapeFailure };

/** A target as the metrics of logs see it: one that is polled, or one of which only the logs are read. */
export interface LoggedTarget {
  readonly observation: Pick<Observation, 'target'>;
  /** Counted from the target's logs; only with access_logs or error_logs. */
  readonly logs?: LogView;
  /** Which keep-alive timeout is advised; only with access logs that tell connections apart. */
  readonly advice?: Advice;
}

/** All that is known of one target when metrics are rendered. Parts that are not known are absent. */
export interface TargetView {
  readonly observation: Observation;
  /** Unix time in seconds at which the view was handed out; ages are counted from it. */
  readonly shownAtSeconds?: number;
  readonly verdict: Verdict;
  /** Of the last answer, for an hour; unlike a figure it stays true while the server is silent. */
  readonly identity?: ServerIdentity;
  /**
   * The slots now: from the status page or, while it is silent, from the kernel. An exhausted server has a worker
   * saturation of 1. Absent when nothing tells.
   */
  readonly figures?: SlotFigures;
  /** Where `figures` come from. */
  readonly slotsSource?: SlotsSource;
  /** Whether a visitor who connects now gets no answer, for whatever reason; absent when nothing tells. */
  readonly unanswered?: boolean;
  readonly counters: TargetCounters;
  /** What the machine says, where it is shared with the server. */
  readonly host?: HostFigures;
  /** Who holds slots; only with slot_table. */
  readonly holders?: SlotHolders;
  /** What its configuration file says; only with capacity.config_file that can be read. */
  readonly config?: ConfigView;
  /** Counted from the target's logs; only with access_logs or error_logs. */
  readonly logs?: LogView;
  /** Which keep-alive timeout is advised; only with access logs that tell connections apart. */
  readonly advice?: Advice;
  /** Whether the observation lane stands; absent for a target without one. */
  readonly laneUp?: boolean;
}

/** What the exporter counted about a target since it started. */
export interface TargetCounters {
  readonly failures: Readonly<Record<ScrapeFailureResult, number>>;
  /** Fields of status pages left out because their value was malformed. */
  readonly badFields: number;
  readonly samples: SampleCounters;
}
