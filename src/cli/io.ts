import type { Readable } from 'node:stream';

/** The environment of the commands: streams, signals and the clock. main.ts provides the real one. */
export interface CliIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly nodeVersion: string;
  readonly pid: number;
  readonly stdin: Readable;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether standard error is a terminal. */
  readonly stderrIsTerminal?: boolean;
  now(): Date;
  /** Resolves at the first SIGINT or SIGTERM. Unless a command has read this property, the signal ends it at once. */
  readonly terminated: Promise<void>;
  /** Calls back at each SIGHUP. */
  onHangup(callback: () => void): void;
  /** Calls back at an uncaught exception or rejection; the process then ends with exit code 1. */
  onDefect(callback: (error: unknown) => void): void;
}
