import type { Advice } from '../snapshot/advice.ts';
import type { SourceView } from '../snapshot/log-source.ts';
import type { ScrapeFailure } from '../snapshot/scrape.ts';
import type { Observation, TargetIdentity, TargetView } from '../snapshot/target-view.ts';

/** All data on the page. Rendering reads neither the clock nor the configuration. */
export interface PageModel {
  readonly exporter: PageExporter;
  /** Unix time in seconds of the page. Ages are relative to it. */
  readonly nowSeconds: number;
  /** Seconds between refreshes; absent if the page does not refresh. */
  readonly refreshSeconds?: number;
  readonly links: readonly PageLink[];
  /** Shown above the targets, for example what discovery found without a configuration. */
  readonly hint?: PageHint;
  /** Polled targets in the order of the configuration, then the logs-only targets. */
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
  /** Shown in a monospaced block, for example a configuration to copy. */
  readonly example?: string;
  readonly link?: PageLink;
}

export interface PageTarget {
  readonly identity: TargetIdentity;
  /** A logs-only target: it has no status page and is never polled. */
  readonly logsOnly?: true;
  /** Address of the status page, without secrets. */
  readonly address?: string;
  /** Absent until the first poll has ended. */
  readonly view?: TargetView;
  /** The last observation that was answered, if the one in `view` failed. Its slots are shown with their time. */
  readonly lastAnswered?: Observation;
  /** The last failure, if the observation in `view` was answered. */
  readonly lastFailure?: PageFailure;
  readonly verdict?: PageVerdict;
  /** Clients that hold the most slots, in descending order. */
  readonly slotHolders?: readonly PageSlotHolder[];
  /** The advised keep-alive timeout; absent without the logs it needs. */
  readonly advice?: Advice;
  /** The logs of the target, and how far each has been read. */
  readonly logSources?: readonly SourceView[];
}

export interface PageFailure {
  readonly failure: ScrapeFailure;
  readonly atSeconds: number;
}

/** Whether the server is exhausted, and the evidence. */
export interface PageVerdict {
  readonly exhausted: boolean;
  readonly evidence: readonly string[];
}

export interface PageSlotHolder {
  readonly client: string;
  readonly slots: number;
  readonly oldestIdleSeconds?: number;
}
