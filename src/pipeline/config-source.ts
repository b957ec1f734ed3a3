import { absolutePath, cpuCount as machineCpuCount } from '../io/machine.ts';
import { present } from '../present.ts';
import type { ConfigView } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { KnownVersion } from './audit-files.ts';
import type { Log } from './log.ts';
import { within } from './within.ts';

/** Audits a target's configuration file for the version that its status page reports. */
export type ReadConfig = (version: string | undefined) => Promise<ConfigView | undefined>;

export interface ConfigSourceOptions {
  readonly server: ServerKind;
  readonly file: string;
  /** The number that `worker_processes auto` means on the server's machine. */
  readonly cpuCount?: number | undefined;
  readonly log: Log;
  readonly audit?: Audit;
}

type Audit = (options: ConfigSourceOptions, version?: string) => Promise<TargetAudit>;

/** A reload of the server may change its files at any time. */
const rereadMilliseconds = 60_000;

/** Files on a network may take long. A poll waits only for the first audit, and no longer than this. */
const firstWaitMilliseconds = 500;

/** Audits a file at most once a minute, independently of polls. A file that cannot be read is logged once. */
export function createConfigSource(options: ConfigSourceOptions): ReadConfig {
  const { file, log } = options;
  let readAt = Number.NEGATIVE_INFINITY;
  let auditedVersion: string | undefined;
  let reading = false;
  let latest: ConfigView | undefined;
  let loggedProblem: string | undefined;
  const read = async (version: string | undefined): Promise<void> => {
    const done = await auditTarget(options, version);
    latest = done.view;
    if (done.problem !== undefined && done.problem !== loggedProblem) {
      log.warn('cannot audit the configuration of the server', { file, error: done.problem });
    }
    loggedProblem = done.problem;
  };
  const start = (version: string | undefined): Promise<void> => {
    reading = true;
    readAt = performance.now();
    auditedVersion = version;
    return read(version).finally(() => {
      reading = false;
    });
  };
  return async (version) => {
    const due = performance.now() - readAt >= rereadMilliseconds || version !== auditedVersion;
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

/** One audit of a target's file, for a version where it is known. Never rejects. */
export async function auditTarget(
  options: ConfigSourceOptions,
  version?: string,
): Promise<TargetAudit> {
  const { audit = loadAndAudit } = options;
  try {
    return await audit(options, version);
  } catch (error) {
    // Loading the modules of the audit fails, for example, when no descriptor is left.
    const problem = error instanceof Error ? error.message : String(error);
    return { view: { findings: [], problem }, problem };
  }
}

async function loadAndAudit(
  { server, file, cpuCount }: ConfigSourceOptions,
  version?: string,
): Promise<TargetAudit> {
  // Loaded with the first file: a target without one does not need the checks.
  const { auditFiles } = await import('./audit-files.ts');
  const { deriveConfigFigures } = await import('../audit/config-figures.ts');
  const known: Partial<Record<ServerKind, KnownVersion>> =
    version === undefined ? {} : { [server]: { version, source: 'status_page' } };
  const done = await auditFiles({
    files: { [server]: absolutePath(file) },
    versions: known,
    // The file may belong to another machine: only its number of CPUs is assumed.
    machine: { cpuCount: cpuCount ?? machineCpuCount() },
    chain: {},
  });
  if (!done.ok) return { view: { findings: [], problem: done.error }, problem: done.error };
  const figures = deriveConfigFigures(done.value.subject);
  const { findings } = done.value.report;
  return { view: { findings, ...present({ figures }) } };
}
