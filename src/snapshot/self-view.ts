import type { RefusalCounts } from './refused-clients.ts';

/** The state of the exporter itself when metrics are rendered. */
export interface SelfView {
  readonly version: string;
  readonly nodeVersion: string;
  readonly targets: number;
  /** Whether the last reload of the configuration succeeded; Unix seconds of the last success. */
  readonly configLastReloadSuccessful: boolean;
  readonly configLastReloadSuccessSeconds: number;
  /** Families left out of an exposition because reading them failed. */
  readonly collectorFailures: number;
  readonly probesRefused: number;
  /** Undefined without a web configuration. */
  readonly clientsRefused: RefusalCounts | undefined;
  /** Whether the web configuration and its certificates could be used when they were last read. */
  readonly webConfigUsable: boolean | undefined;
  /** Undefined without a checkpoint directory. */
  readonly checkpoint:
    | { readonly lastSuccessSeconds: number; readonly failures: number }
    | undefined;
}
