import { absolutePath, cpuCount as machineCpuCount } from '../io/machine.ts';
import { present } from '../present.ts';
import { messageOf } from '../result.ts';
import type { ConfigView } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { KnownVersion } from './audit-files.ts';
import { BackgroundReading } from './background-reading.ts';
import type { Log } from './log.ts';

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

type AuditOptions = Omit<ConfigSourceOptions, 'log'>;

type Audit = (options: AuditOptions, version?: string) => Promise<ConfigView>;

/** A reload of the server may change its files at any time. */
const rereadMilliseconds = 60_000;

/** Audits a file at most once a minute, independently of polls. A file that cannot be read is logged once. */
export function createConfigSource(options: ConfigSourceOptions): ReadConfig {
  const { file, log } = options;
  const audits = new BackgroundReading<ConfigView>(rereadMilliseconds);
  let auditedVersion: string | undefined;
  let loggedProblem: string | undefined;
  const audit = async (version: string | undefined): Promise<ConfigView> => {
    auditedVersion = version;
    const view = await auditTarget(options, version);
    const { problem } = view;
    if (problem !== undefined && problem !== loggedProblem) {
      log.warn('cannot audit the configuration of the server', { file, error: problem });
    }
    loggedProblem = problem;
    return view;
  };
  return (version) => audits.latest(() => audit(version), version !== auditedVersion);
}

/** One audit of a target's file, for a version where it is known. Never rejects. */
export async function auditTarget(options: AuditOptions, version?: string): Promise<ConfigView> {
  const { audit = loadAndAudit } = options;
  try {
    return await audit(options, version);
  } catch (error) {
    // Loading the modules of the audit fails, for example, when no descriptor is left.
    return { findings: [], problem: messageOf(error) };
  }
}

async function loadAndAudit(
  { server, file, cpuCount }: AuditOptions,
  version?: string,
): Promise<ConfigView> {
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
  if (!done.ok) return { findings: [], problem: done.error };
  const figures = deriveConfigFigures(done.value.subject);
  const { findings } = done.value.report;
  return { findings, ...present({ figures }) };
}
