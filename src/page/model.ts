import type { Advice } from '../snapshot/advice.ts';
import type { SourceView } from '../snapshot/log-source.ts';
import type { ScrapeFailure } from '../snapshot/scrape.ts';
import type { Observation, TargetIdentity, TargetView } from '../snapshot/target-view.ts';

/** All that the page for people says. Plain data: the page reads no clock and no configuration. */
export interface PageModel {
  readonly exporter: PageExporter;
  /** Unix time in seconds at which the page is made; ages are counted from it. */
  readonly nowSeconds: number;
  /** After how many seconds a browser asks again; absent: never. */
  readonly refreshSeconds?: number;
  readonly links: readonly PageLink[];
  /** Shown above the targets, such as what discovery found when no configuration was given. */
  readonly hint?: PageHint;
  /** Polled ones in the order of the configuration, then those of which only logs are read. */
  readonly targets: readonly PageTarget[];
}

export interface PageExporter {
  readonly version: string;
  readonly startTimeSeconds: number;
}

export interface PageLink {
  readonly href: string;
  readonly label: string;
}

export interface PageHint {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Shown verbatim in a monospaced block, such as a configuration to copy. */
  readonly example?: string;
  readonly link?: PageLink;
}

export interface PageTarget {
  readonly identity: TargetIdentity;
  /** It has no status page: nothing is polled, and only its logs are read. */
  readonly logsOnly?: true;
  /** Where the status page is; holds no secret. */
  readonly address?: string;
  /** Absent until the first look at the target has ended. */
  readonly view?: TargetView;
  /** The last look that was answered, when the one in `view` failed: its slots are shown as what they were. */
  readonly lastAnswered?: Observation;
  /** The last failure, when the look in `view` was answered. */
  readonly lastFailure?: PageFailure;
  readonly verdict?: PageVerdict;
  /** Clients that hold the most slots, most first. */
  readonly slotHolders?: readonly PageSlotHolder[];
  /** Which keep-alive timeout is advised, where the logs tell. */
  readonly advice?: Advice;
  /** How far each log of the target has been read. */
  readonly logSources?: readonly SourceView[];
}

export interface PageFailure {
  readonly failure: ScrapeFailure;
  readonly atSeconds: number;
}

/** Whether the server is full, and what says so. */
export interface PageVerdict {
  readonly exhausted: boolean;
  readonly evidence: readonly string[];
}

export interface PageSlotHolder {
  readonly client: string;
  readonly slots: number;
  readonly oldestIdleSeconds?: number;
}
