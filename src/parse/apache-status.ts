import { err, ok, type Result } from '../result.ts';
import type { ApacheStatus } from '../snapshot/apache-status.ts';
import type { BadField, NotAStatusPage, ParsedPage } from '../snapshot/status-page.ts';
import { explainForeignPage } from './foreign-page.ts';
import { parseCount, parseDecimal } from './number.ts';
import { excerpt, printable } from './printable.ts';
import { createProxyBalancerReader } from './proxy-balancer.ts';
import { parseScoreboard } from './scoreboard.ts';

type TextField = 'serverVersion' | 'serverMpm' | 'restartTime';
type NumberField = Exclude<
  keyof ApacheStatus,
  'kind' | 'scoreboard' | 'proxyBalancers' | TextField
>;

interface NumberRule {
  readonly name: NumberField;
  readonly parse: (text: string) => number | undefined;
}

/** Raw key of the page -> field. Keys and versions: modules/generators/mod_status.c, tags 2.2.0 to 2.4.62. */
const textFields: ReadonlyMap<string, TextField> = new Map([
  ['ServerVersion', 'serverVersion'],
  ['ServerMPM', 'serverMpm'],
  ['RestartTime', 'restartTime'],
]);

const numberRules: ReadonlyMap<string, NumberRule> = new Map([
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
  ['Processes', { name: 'processes', parse: parseCount }],
  ['Stopping', { name: 'stoppingProcesses', parse: parseCount }],
  ['ConnsTotal', { name: 'connsTotal', parse: parseCount }],
  ['ConnsAsyncWriting', { name: 'connsAsyncWriting', parse: parseCount }],
  ['ConnsAsyncKeepAlive', { name: 'connsAsyncKeepAlive', parse: parseCount }],
  ['ConnsAsyncClosing', { name: 'connsAsyncClosing', parse: parseCount }],
  ['ConnsAsyncWaitIO', { name: 'connsAsyncWaitIo', parse: parseCount }],
]);

/**
 * Parses a mod_status `?auto` page of 2.2 or later. Fields are recognised by their presence, never by version, because
 * distributions backport them. If a key is printed twice, the first one counts.
 *
 * @param page the body, decoded as ISO-8859-1 (the charset that mod_status declares)
 * @returns the snapshot and the malformed fields, which are left out; an error only when it is not such a page
 */
export function parseApacheStatus(page: string): Result<ParsedPage<ApacheStatus>, NotAStatusPage> {
  const lines = page.split('\n');
  const scoreboardAt = lines.findIndex((line) => line.startsWith('Scoreboard:'));
  const core = lines.slice(0, scoreboardAt);
  if (scoreboardAt < 0 || !core.some((line) => line.startsWith('IdleWorkers:'))) {
    return err(explainForeignPage(page, 'apache'));
  }
  const texts: Partial<Record<TextField, string>> = {};
  const numbers: Partial<Record<NumberField, number>> = {};
  const badFields: BadField[] = [];
  for (const [index, line] of core.entries()) {
    const [key, value] = splitLine(line);
    const text = textFields.get(key);
    if (text !== undefined) texts[text] ??= printable(value);
    const rule = numberRules.get(key);
    if (rule === undefined || numbers[rule.name] !== undefined) continue;
    const parsed = rule.parse(value);
    if (parsed === undefined)
      badFields.push({ field: key, line: index + 1, found: excerpt(value) });
    else numbers[rule.name] = parsed;
  }
  const [, scoreboard] = splitLine(lines[scoreboardAt] ?? '');
  const snapshot: ApacheStatus = {
    kind: 'apache',
    ...texts,
    ...numbers,
    scoreboard: parseScoreboard(scoreboard),
    proxyBalancers: readBalancers(lines, scoreboardAt + 1, badFields),
  };
  return ok({ snapshot, badFields });
}

/** After the scoreboard only lines of mod_proxy are read: keys of other modules may equal keys of the core. */
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

/** Splits at the first colon: keys may contain spaces, values may contain colons. */
function splitLine(line: string): readonly [key: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line.trim(), ''];
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
