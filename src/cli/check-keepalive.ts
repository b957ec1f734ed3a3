import { compareLinks } from '../derive/compare-links.ts';
import { boundsOf } from '../derive/keepalive-plan.ts';
import { deriveKeepaliveReport } from '../derive/keepalive-report.ts';
import { createResolveName, type ResolveName } from '../io/resolve-name.ts';
import { agentProduct } from '../parse/log-format/own-request.ts';
import { checkKeepalive } from '../pipeline/check-keepalive.ts';
import type { CheckProgress } from '../pipeline/first-connection.ts';
import { present } from '../present.ts';
import type { KeepaliveReport } from '../snapshot/keepalive-report.ts';
import {
  type checkKeepaliveFlags,
  type KeepaliveCommand,
  parseKeepaliveCommand,
} from './check-keepalive-flags.ts';
import type { CommandArguments } from './command-flags.ts';
import type { CliIo } from './io.ts';
import { renderChain, renderKeepaliveReport } from './render-keepalive-report.ts';
import { wrongUse } from './wrong-use.ts';

/** Time between two lines that show the progress. */
const progressMilliseconds = 10_000;

/**
 * Measures how the server of each URL treats connections. Exit code 0 without a problem, 1 with a warning, an error or
 * after an early end, 2 for wrong use.
 */
export async function checkKeepaliveCommand(
  { flags, operands }: CommandArguments<typeof checkKeepaliveFlags>,
  io: CliIo,
): Promise<number> {
  const command = parseKeepaliveCommand(flags, operands);
  if (!command.ok) return wrongUse('check-keepalive', command.error, io);
  const stopped = new AbortController();
  void io.terminated.then(() => stopped.abort());
  printBounds(command.value, io);
  const reports: KeepaliveReport[] = [];
  // One after the other: connections to the first URL must not take slots of the origin while it is measured.
  for (const url of command.value.urls) {
    reports.push(await checkOne(url, command.value, { io, signal: stopped.signal }));
  }
  return printReports(reports, flags.output?.[0], io);
}

function printBounds({ urls, limits }: KeepaliveCommand, io: CliIo): void {
  for (const url of urls) {
    const bounds = boundsOf(limits, url.protocol === 'https:');
    io.stderr(
      `${url.href}: at most ${bounds.connections} connections (${bounds.connectionsAtOnce} at once), ` +
        `${bounds.requests} requests, ${bounds.seconds} s\n`,
    );
  }
}

interface CheckContext {
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

async function checkOne(
  url: URL,
  command: KeepaliveCommand,
  { io, signal }: CheckContext,
): Promise<KeepaliveReport> {
  const clock = (): number => performance.now() / 1000;
  const startedAt = clock();
  const elapsed = (): string => `${Math.round(clock() - startedAt)} s`;
  const timer = setInterval(
    () =>
      io.stderr(`${url.href}: waiting, ${elapsed()} so far; Ctrl-C prints the results so far\n`),
    progressMilliseconds,
  );
  const facts = await checkKeepalive({
    url,
    http: command.http,
    userAgent: `${agentProduct}${io.version}`,
    resolveName: resolverOf(command),
    limits: command.limits,
    signal,
    clock,
    onProgress: (progress) => io.stderr(`${url.href}: ${describeProgress(progress)}\n`),
  });
  clearInterval(timer);
  return deriveKeepaliveReport(facts);
}

function resolverOf({ resolve }: KeepaliveCommand): ResolveName {
  const byName = createResolveName();
  if (resolve === undefined) return byName;
  return (host) => (host === resolve.host ? Promise.resolve([resolve.address]) : byName(host));
}

function describeProgress(progress: CheckProgress): string {
  if (progress.kind === 'connected') return `connected to ${progress.address}`;
  const { connections, promisedSeconds } = progress;
  const promise = promisedSeconds === undefined ? '' : `; the server promises ${promisedSeconds} s`;
  const waiting = connections === 1 ? 'connection waits' : 'connections wait';
  return `${connections} idle ${waiting} for the server to close${promise}`;
}

function printReports(
  reports: readonly KeepaliveReport[],
  output: string | undefined,
  io: CliIo,
): number {
  const [front, origin] = reports;
  const chain =
    front === undefined || origin === undefined ? undefined : compareLinks(front, origin);
  const findings = [...reports.flatMap((report) => report.findings), ...(chain?.findings ?? [])];
  if (output === 'json') {
    const whole = { reports, ...present({ chain }), findings };
    io.stdout(`${JSON.stringify(whole, null, 2)}\n`);
  } else {
    const parts = reports.map(renderKeepaliveReport);
    io.stdout([...parts, ...(chain === undefined ? [] : [renderChain(chain)])].join('\n'));
  }
  return findings.some(({ severity }) => severity !== 'info') ? 1 : 0;
}
