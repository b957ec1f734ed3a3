import type { KeepaliveModel, TimeoutPrediction } from './prediction.ts';

/** The server whose directives are written. `apache` without a known MPM is treated as prefork. */
export type AdvisedServer = 'apache' | 'prefork' | 'worker' | 'event' | 'nginx';

export type AdviceKind =
  /** Not enough is known; `missing` lists what is missing. */
  | 'none'
  /** The current setting is right. */
  | 'keep'
  | 'timeout'
  /** Keep-alive off. */
  | 'off'
  | 'more_slots'
  /** More slots than memory allows: the site needs another design. */
  | 'redesign';

export interface Advice {
  readonly kind: AdviceKind;
  /** One sentence. */
  readonly headline: string;
  /** Absent when nothing is advised. */
  readonly advisedKeepaliveTimeoutSeconds: number | undefined;
  /** Absent when the number does not change, or memory does not allow what is needed. */
  readonly advisedSlots: number | undefined;
  /** Lines for the server's configuration. */
  readonly directives: readonly string[];
  /** Where to put those lines, and how to make the server read them. */
  readonly apply: readonly string[];
  /** The effect of the change as text, with low and high figures; empty when the timeout does not change. */
  readonly effect: readonly string[];
  /** The same effect as figures. */
  readonly today: TimeoutPrediction | undefined;
  readonly advised: TimeoutPrediction | undefined;
  /** What is missing for an advice. */
  readonly missing: readonly string[];
  /** What the figures are based on, and which inputs were missing. */
  readonly restsOn: readonly string[];
  /** What would change the advice. */
  readonly wouldChange: readonly string[];
  readonly model: KeepaliveModel;
}
