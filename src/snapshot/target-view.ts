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

/** Properties of a server that do not change while it runs. */
export interface ServerIdentity {
  /** As in the answer. */
  readonly version?: string;
  /** ServerMPM as Apache spells it. */
  readonly mpm?: string;
  readonly keepaliveModel: KeepaliveModel;
}

/** What one poll found. */
export interface Observation {
  readonly target: TargetIdentity;
  /** Unix time in seconds at which the answer, or the failure, was complete. */
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

/** What the metrics of logs need of a target, which may have a status page or only logs. */
export interface LoggedTarget {
  readonly observation: Pick<Observation, 'target'>;
  /** Counted from the target's logs; only with access_logs or error_logs. */
  readonly logs?: LogView;
  /** Only with access logs that identify connections. */
  readonly advice?: Advice;
}

/** All that is known of one target when metrics are rendered. Unknown parts are absent. */
export interface TargetView {
  readonly observation: Observation;
  /** No poll has ended yet, so nothing is known of the server: the caller or the exporter ended the first one early. */
  readonly unfinished?: true;
  /** Unix time in seconds at which the view was requested; ages are relative to it. */
  readonly shownAtSeconds?: number;
  readonly verdict: Verdict;
  /** From the last answer, for an hour. Unlike a figure it stays true while the server does not answer. */
  readonly identity?: ServerIdentity;
  /**
   * The slots now: from the status page or, when the poll got no answer, from the kernel. An exhausted server has a
   * worker saturation of 1. Absent when there is no evidence.
   */
  readonly figures?: SlotFigures;
  /** The source of `figures`. */
  readonly slotsSource?: SlotsSource;
  /** Whether a visitor who connects now gets no answer, for whatever reason; absent when there is no evidence. */
  readonly unanswered?: boolean;
  readonly counters: TargetCounters;
  /** What the machine shows of the server, if the exporter runs on it. */
  readonly host?: HostFigures;
  /** Who holds slots; only with slot_table. */
  readonly holders?: SlotHolders;
  /** The audit of its configuration file; only with capacity.config_file that can be read. */
  readonly config?: ConfigView;
  /** Counted from the target's logs; only with access_logs or error_logs. */
  readonly logs?: LogView;
  /** Only with access logs that identify connections. */
  readonly advice?: Advice;
  /** Whether the observation lane is connected; absent for a target without one. */
  readonly laneUp?: boolean;
}

/** What the exporter counted about a target since it started. */
export interface TargetCounters {
  readonly failures: Readonly<Record<ScrapeFailureResult, number>>;
  /** Fields of status pages left out because their value was malformed. */
  readonly badFields: number;
  readonly samples: SampleCounters;
}
