/** What the exporter knows of itself when metrics are rendered. */
export interface SelfView {
  readonly version: string;
  readonly nodeVersion: string;
  readonly targets: number;
  /** Whether the configuration file was accepted when it was last read; Unix seconds of the last success. */
  readonly configLastReloadSuccessful: boolean;
  readonly configLastReloadSuccessSeconds: number;
  /** Families left out of an exposition because reading them threw. */
  readonly collectorFailures: number;
  readonly probesRefused: number;
}
