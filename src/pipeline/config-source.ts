import { absolutePath, cpuCount as machineCpuCount } from '../io/machine.ts';
import type { ConfigView } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { KnownVersion } from './audit-files.ts';
import type { Log } from './log.ts';
import { within } from './within.ts';

/** What a target's configuration file says, judged by the version of its status page. */
export type ReadConfig = (version: string | undefined) => Promise<ConfigView | undefined>;

export interface ConfigSourceOptions {
  readonly server: ServerKind;
  readonly file: string;
  /** What `worker_processes auto` means there. */
  readonly cpuCount?: number | undefined;
  readonly log: Log;
}

/** A reload of the server may change its files at any time. */
const rereadMilliseconds = 60_000;

/** Files of a network may take long; a poll waits for the first reading only, and for that no longer than this. */
const firstWaitMilliseconds = 500;

/** Audits a file at most once a minute, beside the polls; a file that cannot be read leaves nothing and one warning. */
export function createConfigSource(options: ConfigSourceOptions): ReadConfig {
  const { file, log } = options;
  let readAt = Number.NEGATIVE_INFINITY;
  let judgedBy: string | undefined;
  let reading = false;
  let latest: ConfigView | undefined;
  let complaint: string | undefined;
  const read = async (version: string | undefined): Promise<void> => {
    const done = await auditTarget(options, version);
    latest = done.view;
    if (done.problem !== undefined && done.problem !== complaint) {
      log.warn('cannot audit the configuration of the server', { file, error: done.problem });
    }
    complaint = done.problem;
  };
  const start = (version: string | undefined): Promise<void> => {
    reading = true;
    readAt = performance.now();
    judgedBy = version;
    return read(version).finally(() => {
      reading = false;
    });
  };
  return async (version) => {
    const due = performance.now() - readAt >= rereadMilliseconds || version !== judgedBy;
    if (due && !reading) {
      const first = readAt === Number.NEGATIVE_INFINITY;
      const done = start(version);
      if (first) await within(done, firstWaitMilliseconds);
    }
    return latest;
  };
}

interface TargetAudit {
  readonly view: ConfigView | undefined;
  readonly problem?: string;
}

/** One audit of a target's file, judged by a version where it is known. */
export async function auditTarget(
  { server, file, cpuCount }: ConfigSourceOptions,
  version?: string,
): Promise<TargetAudit> {
  // Loaded with the first file: the checks are of no use to other targets.
  const { auditFiles } = await import('./audit-files.ts');
  const { deriveConfigFigures } = await import('../audit/config-figures.ts');
  const known: Partial<Record<ServerKind, KnownVersion>> =
    version === undefined ? {} : { [server]: { version, source: 'status_page' } };
  const done = await auditFiles({
    files: { [server]: absolutePath(file) },
    versions: known,
    // The file may be of another machine, so nothing of this one is held against it.
    machine: { cpuCount: cpuCount ?? machineCpuCount() },
    chain: {},
  });
  if (!done.ok) return { view: undefined, problem: done.error };
  const figures = deriveConfigFigures(done.value.subject);
  const { findings } = done.value.report;
  return { view: figures === undefined ? { findings } : { findings, figures } };
}
