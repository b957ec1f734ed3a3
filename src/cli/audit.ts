import { cpus } from 'node:os';
import { resolve } from 'node:path';
import type { AuditedServer } from '../audit/audited-server.ts';
import type { ChainFacts } from '../audit/check.ts';
import { renderAuditJson } from '../audit/render-json.ts';
import { renderAuditSarif } from '../audit/render-sarif.ts';
import { renderAuditText } from '../audit/render-text.ts';
import { parseDuration } from '../config/durations.ts';
import { findUsualFiles } from '../io/find-usual-files.ts';
import { readBinaryVersion } from '../io/read-binary-version.ts';
import { readMachineFacts } from '../io/read-machine-facts.ts';
import { type Audit, auditFiles, type KnownVersion } from '../pipeline/audit-files.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import { type Severity, severities } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { AuditFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { wrongUse } from './wrong-use.ts';

type Versions = Partial<Record<ServerKind, KnownVersion>>;
type Files = Partial<Readonly<Record<ServerKind, string>>>;

interface AuditSettings {
  readonly output: AuditFlags['output'];
  readonly failOn: readonly Severity[];
  readonly versions: Versions;
  readonly chain: ChainFacts;
  readonly defines: readonly string[];
}

/** Audits the configurations of Apache and nginx. Exit code 1 with findings, or when a file cannot be read. */
export async function audit(flags: AuditFlags, io: CliIo): Promise<number> {
  const stated: Files = {
    ...present({
      apache: flags.apache && resolve(flags.apache),
      nginx: flags.nginx && resolve(flags.nginx),
    }),
  };
  const isUsual = Object.keys(stated).length === 0;
  const files = isUsual ? await findUsualFiles() : stated;
  const settings = readSettings(flags, files);
  if (!settings.ok) return wrongUse('audit', settings.error, io);
  if (Object.keys(files).length === 0) {
    return fail(
      io,
      'no configuration of Apache or nginx in the usual places; give one with --apache or --nginx',
    );
  }
  const done = await auditFiles({
    files,
    versions: { ...(await binaryVersions(files)), ...settings.value.versions },
    // A file given by name may belong to another machine.
    machine: isUsual ? await readMachineFacts() : { cpuCount: cpus().length },
    chain: settings.value.chain,
    defines: settings.value.defines,
  });
  if (!done.ok) return fail(io, done.error);
  io.stdout(render(done.value, settings.value, io));
  const { findings } = done.value.report;
  return findings.some(({ severity }) => settings.value.failOn.includes(severity)) ? 1 : 0;
}

function fail(io: CliIo, problem: string): number {
  io.stderr(`keepalive-exporter audit: ${problem}\n`);
  return 1;
}

function render({ report, servers }: Audit, { output }: AuditSettings, io: CliIo): string {
  switch (output) {
    case 'json':
      return renderAuditJson(report, servers);
    case 'sarif':
      return renderAuditSarif(report, { version: io.version, workingDirectory: resolve('') });
    case 'text':
      return renderAuditText(report, servers);
  }
}

function readSettings(flags: AuditFlags, files: Files): Result<AuditSettings, string> {
  const { output } = flags;
  const failOn = failingSeverities(flags['fail-on']);
  const versions = statedVersions(flags['server-version'], files);
  if (!versions.ok) return versions;
  const defines = flags.define?.split(',') ?? [];
  if (defines.includes('')) {
    return err(`--define="${flags.define}": want names separated by commas, such as SSL,INFO`);
  }
  const chain = readChain(flags);
  if (!chain.ok) return chain;
  return ok({ output, failOn, versions: versions.value, chain: chain.value, defines });
}

/** A severity includes all higher ones. */
function failingSeverities(lowest: AuditFlags['fail-on']): readonly Severity[] {
  return lowest === 'never' ? [] : severities.slice(0, severities.indexOf(lowest) + 1);
}

function readChain(flags: AuditFlags): Result<ChainFacts, string> {
  const timeout = flags['front-timeout'];
  const milliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  if (timeout !== undefined && milliseconds === undefined) {
    return err(`--front-timeout="${timeout}": want a duration such as 60s`);
  }
  const workers = flags['backend-workers'];
  if (workers !== undefined && !/^[1-9]\d{0,6}$/.test(workers)) {
    return err(`--backend-workers="${workers}": want a number of workers, such as 64`);
  }
  return ok(
    present({
      frontTimeoutSeconds: milliseconds === undefined ? undefined : milliseconds / 1000,
      backendWorkers: workers === undefined ? undefined : Number(workers),
    }),
  );
}

/** `2.4.62` for a single server, or `apache/2.4.62,nginx/1.28.0` for each by name. */
function statedVersions(text: string | undefined, files: Files): Result<Versions, string> {
  const versions: Versions = {};
  for (const part of text?.split(',') ?? []) {
    const [, name, version] =
      /^(?:(apache|nginx)\/)?(\d{1,4}(?:\.\d{1,4}){1,3})$/i.exec(part) ?? [];
    const server = name === undefined ? onlyServer(files) : serverNamed(name);
    if (version === undefined || server === undefined) {
      return err(
        `--server-version="${text}": want apache/2.4.62, nginx/1.28.0, or both separated by a comma`,
      );
    }
    versions[server] = { version, source: 'flag' };
  }
  return ok(versions);
}

function serverNamed(name: string): ServerKind {
  return name.toLowerCase() === 'apache' ? 'apache' : 'nginx';
}

function onlyServer(files: Files): ServerKind | undefined {
  if (files.apache !== undefined && files.nginx !== undefined) return undefined;
  return files.apache === undefined ? 'nginx' : 'apache';
}

async function binaryVersions(files: Files): Promise<Versions> {
  const versions: Versions = {};
  const source: AuditedServer['versionSource'] = 'binary';
  for (const server of ['apache', 'nginx'] as const) {
    const version = files[server] === undefined ? undefined : await readBinaryVersion(server);
    if (version !== undefined) versions[server] = { version, source };
  }
  return versions;
}
