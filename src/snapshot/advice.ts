import type { KeepaliveModel, TimeoutPrediction } from './prediction.ts';

/** Whose directives are written. `apache` without its MPM is taken for prefork or worker. */
export type AdvisedServer = 'apache' | 'prefork' | 'worker' | 'event' | 'nginx';

export type AdviceKind =
  /** Not enough is known; `missing` says what. */
  | 'none'
  /** Today's setting is right. */
  | 'keep'
  | 'timeout'
  /** Keep-alive off. */
  | 'off'
  | 'more_slots'
  /** More slots than memory allows: another design. */
  | 'redesign';

export interface Advice {
  readonly kind: AdviceKind;
  /** One sentence. */
  readonly headline: string;
  /** Absent without an advice. */
  readonly advisedKeepaliveTimeoutSeconds: number | undefined;
  /** Workers, or connections of nginx; absent where their number stays. */
  readonly advisedSlots: number | undefined;
  /** Lines for the configuration of the server. */
  readonly directives: readonly string[];
  /** Where those lines go, and what makes the server read them. */
  readonly apply: readonly string[];
  /** What the change does, in words with low and high; none where the timeout stays. */
  readonly effect: readonly string[];
  /** The same in figures. */
  readonly today: TimeoutPrediction | undefined;
  readonly advised: TimeoutPrediction | undefined;
  /** What is lacking for an advice. */
  readonly missing: readonly string[];
  /** What the figures rest on, and which were missing. */
  readonly restsOn: readonly string[];
  /** What would change the advice. */
  readonly wouldChange: readonly string[];
  readonly model: KeepaliveModel;
}
