import type { Readable } from 'node:stream';

/** The world as the commands see it; main.ts provides the real one. */
export interface CliIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly nodeVersion: string;
  readonly pid: number;
  readonly stdin: Readable;
  stdout(text: string): void;
  stderr(text: string): void;
  /** A person looks at standard error. */
  readonly stderrIsTerminal?: boolean;
  now(): Date;
  /** Resolves at the first SIGINT or SIGTERM, which ends a command at once that has not asked for it. */
  readonly terminated: Promise<void>;
  /** Calls back at each SIGHUP. */
  onHangup(callback: () => void): void;
  /** Calls back at an exception or rejection that nobody has caught; the process ends afterwards with 1. */
  onDefect(callback: (error: unknown) => void): void;
}
