import { err, ok, type Result } from '../result.ts';
import type { ApacheStatus } from '../snapshot/apache-status.ts';
import type { BadField, NotAStatusPage, ParsedPage } from '../snapshot/status-page.ts';
import { explainForeignPage } from './foreign-page.ts';
import { parseCount, parseDecimal } from './number.ts';
import { excerpt, printable } from './printable.ts';
import { createProxyBalancerReader } from './proxy-balancer.ts';
import { parseScoreboard } from './scoreboard.ts';

type FieldName = Exclude<
  keyof ApacheStatus,
  'kind' | 'serverName' | 'scoreboard' | 'proxyBalancers'
>;

interface FieldRule {
  readonly name: FieldName;
  readonly parse: (text: string) => number | string | undefined;
}

/** Raw key of the page -> field. Keys and versions: modules/generators/mod_status.c, tags 2.2.0 to 2.4.62. */
const fieldRules: ReadonlyMap<string, FieldRule> = new Map([
  ['ServerVersion', { name: 'serverVersion', parse: printable }],
  ['ServerMPM', { name: 'serverMpm', parse: printable }],
  ['RestartTime', { name: 'restartTime', parse: printable }],
  ['ParentServerConfigGeneration', { name: 'configGeneration', parse: parseCount }],
  ['ParentServerMPMGeneration', { name: 'mpmGeneration', parse: parseCount }],
  ['ServerUptimeSeconds', { name: 'uptimeSeconds', parse: parseCount }],
  ['Uptime', { name: 'uptimeSeconds', parse: parseCount }],
  ['Load1', { name: 'load1', parse: parseDecimal }],
  ['Load5', { name: 'load5', parse: parseDecimal }],
  ['Load15', { name: 'load15', parse: parseDecimal }],
  ['Total Accesses', { name: 'totalAccesses', parse: parseCount }],
  ['Total kBytes', { name: 'totalKibibytes', parse: parseCount }],
  ['Total Duration', { name: 'totalDurationMilliseconds', parse: parseCount }],
  ['CPUUser', { name: 'cpuUserSeconds', parse: parseDecimal }],
  ['CPUSystem', { name: 'cpuSystemSeconds', parse: parseDecimal }],
  ['CPUChildrenUser', { name: 'cpuChildrenUserSeconds', parse: parseDecimal }],
  ['CPUChildrenSystem', { name: 'cpuChildrenSystemSeconds', parse: parseDecimal }],
  ['CPULoad', { name: 'cpuLoadPercent', parse: parseDecimal }],
  ['BusyWorkers', { name: 'busyWorkers', parse: parseCount }],
  ['IdleWorkers', { name: 'idleWorkers', parse: parseCount }],
  ['GracefulWorkers', { name: 'gracefulWorkers', parse: parseCount }],
  ['Processes', { name: 'processes', parse: parseCount }],
  ['Stopping', { name: 'stoppingProcesses', parse: parseCount }],
  ['ConnsTotal', { name: 'connsTotal', parse: parseCount }],
  ['ConnsAsyncWriting', { name: 'connsAsyncWriting', parse: parseCount }],
  ['ConnsAsyncKeepAlive', { name: 'connsAsyncKeepAlive', parse: parseCount }],
  ['ConnsAsyncClosing', { name: 'connsAsyncClosing', parse: parseCount }],
  ['ConnsAsyncWaitIO', { name: 'connsAsyncWaitIo', parse: parseCount }],
]);

/**
 * Parses a mod_status `?auto` page of any version from 2.2 on. Fields are recognised by their presence, never by
 * version, because distributions backport them. Of a key printed twice the first counts.
 *
 * @param page the body, decoded as ISO-8859-1 (the charset mod_status declares)
 * @returns the snapshot and the fields left out for a malformed value; an error only when it is no such page
 */
export function parseApacheStatus(page: string): Result<ParsedPage<ApacheStatus>, NotAStatusPage> {
  const lines = page.split('\n');
  const scoreboardAt = lines.findIndex((line) => line.startsWith('Scoreboard:'));
  const core = lines.slice(0, scoreboardAt);
  if (scoreboardAt < 0 || !core.some((line) => line.startsWith('IdleWorkers:'))) {
    return err(explainForeignPage(page, 'apache'));
  }
  const fields: Partial<Record<FieldName, number | string>> = {};
  const badFields: BadField[] = [];
  core.forEach((line, index) => {
    const [key, value] = splitLine(line);
    const rule = fieldRules.get(key);
    if (rule === undefined || fields[rule.name] !== undefined) return;
    const parsed = rule.parse(value);
    if (parsed === undefined)
      badFields.push({ field: key, line: index + 1, found: excerpt(value) });
    else fields[rule.name] = parsed;
  });
  const serverName = bareServerName(lines[0]);
  const [, scoreboard] = splitLine(lines[scoreboardAt] ?? '');
  const snapshot = {
    kind: 'apache',
    ...(serverName === undefined ? {} : { serverName }),
    ...fields,
    scoreboard: parseScoreboard(scoreboard),
    proxyBalancers: readBalancers(lines, scoreboardAt + 1, badFields),
  } as ApacheStatus; // the rule table pairs each field with the parser of its type
  return ok({ snapshot, badFields });
}

/** Only mod_proxy's lines are read after the scoreboard: other modules' keys there may collide with the core's. */
function readBalancers(lines: readonly string[], from: number, badFields: BadField[]) {
  const reader = createProxyBalancerReader();
  for (let index = from; index < lines.length; index++) {
    const [key, value] = splitLine(lines[index] ?? '');
    if (!reader.read(key, value)) {
      badFields.push({ field: key, line: index + 1, found: excerpt(value) });
    }
  }
  return reader.balancers();
}

/** Splits at the first colon: keys hold spaces, values hold colons. */
function splitLine(line: string): readonly [key: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line.trim(), ''];
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** Since 2.4.13 the first line is the server's name alone, such as `www.example.org`. */
function bareServerName(firstLine: string | undefined): string | undefined {
  const line = firstLine?.trim() ?? '';
  if (line === '' || /^[A-Za-z ]+\d*: /.test(line)) return undefined;
  return printable(line);
}
