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
import { err, ok, type Result } from '../result.ts';
import { type Severity, severities } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { auditFlags, type Flags } from './flags.ts';
import type { CliIo } from './io.ts';

type Versions = Partial<Record<ServerKind, KnownVersion>>;
type Files = Partial<Readonly<Record<ServerKind, string>>>;

const outputs = auditFlags.output.oneOf;

interface Wishes {
  readonly output: (typeof outputs)[number];
  readonly failOn: readonly Severity[];
  readonly versions: Versions;
  readonly chain: ChainFacts;
}

/** Judges the configurations of Apache and nginx; exit code 1 when there are findings, or one cannot be read. */
export async function audit(flags: Flags, io: CliIo): Promise<number> {
  const stated: Files = {
    ...(flags.apache === undefined ? {} : { apache: resolve(flags.apache) }),
    ...(flags.nginx === undefined ? {} : { nginx: resolve(flags.nginx) }),
  };
  const isUsual = Object.keys(stated).length === 0;
  const files = isUsual ? await findUsualFiles() : stated;
  const wishes = readWishes(flags, files);
  if (!wishes.ok) return fail(io, 2, wishes.error);
  if (Object.keys(files).length === 0) {
    return fail(io, 1, 'no configuration of Apache or nginx in the usual places; name one');
  }
  const done = await auditFiles({
    files,
    versions: { ...(await binaryVersions(files)), ...wishes.value.versions },
    // A file from elsewhere is not judged by this machine.
    machine: isUsual ? await readMachineFacts() : { cpuCount: cpus().length },
    chain: wishes.value.chain,
  });
  if (!done.ok) return fail(io, 1, done.error);
  io.stdout(render(done.value, wishes.value, io));
  const { findings } = done.value.report;
  return findings.some(({ severity }) => wishes.value.failOn.includes(severity)) ? 1 : 0;
}

function fail(io: CliIo, code: 1 | 2, problem: string): number {
  io.stderr(`keepalive-exporter: audit: ${problem}\n`);
  return code;
}

function render({ report, servers }: Audit, { output }: Wishes, io: CliIo): string {
  switch (output) {
    case 'json':
      return renderAuditJson(report, servers);
    case 'sarif':
      return renderAuditSarif(report, { version: io.version, workingDirectory: resolve('') });
    case 'text':
      return renderAuditText(report, servers);
  }
}

function readWishes(flags: Flags, files: Files): Result<Wishes, string> {
  const output = outputs.find((one) => one === (flags.output ?? 'text'));
  if (output === undefined) return err(`--output="${flags.output}": want ${outputs.join()}`);
  const failOn = failingSeverities(flags['fail-on'] ?? 'info');
  const versions = statedVersions(flags['server-version'], files);
  if (!versions.ok) return versions;
  const chain = readChain(flags);
  return chain.ok ? ok({ output, failOn, versions: versions.value, chain: chain.value }) : chain;
}

/** A severity stands for itself and all that is worse. */
function failingSeverities(text: string): readonly Severity[] {
  const wanted = severities.find((severity) => severity === text);
  return wanted === undefined ? [] : severities.slice(0, severities.indexOf(wanted) + 1);
}

function readChain(flags: Flags): Result<ChainFacts, string> {
  const timeout = flags['front-timeout'];
  const milliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  if (timeout !== undefined && milliseconds === undefined) {
    return err(`--front-timeout="${timeout}": want a duration such as 60s`);
  }
  const workers = flags['backend-workers'];
  if (workers !== undefined && !/^[1-9]\d{0,6}$/.test(workers)) {
    return err(`--backend-workers="${workers}": want a number of workers`);
  }
  return ok({
    ...(milliseconds === undefined ? {} : { frontTimeoutSeconds: milliseconds / 1000 }),
    ...(workers === undefined ? {} : { backendWorkers: Number(workers) }),
  });
}

/** `2.4.62` for the one server at hand; `apache/2.4.62,nginx/1.28.0` for each by its name. */
function statedVersions(text: string | undefined, files: Files): Result<Versions, string> {
  const versions: Versions = {};
  for (const part of text?.split(',') ?? []) {
    const [, name, version] =
      /^(?:(apache|nginx)\/)?(\d{1,4}(?:\.\d{1,4}){1,3})$/i.exec(part) ?? [];
    const server = name === undefined ? onlyServer(files) : serverNamed(name);
    if (version === undefined || server === undefined) {
      return err(
        `--server-version="${text}": want apache/2.4.62, nginx/1.28.0, or both with a comma`,
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
