import { err, ok, type Result } from '../result.ts';
import { scoreboardLetters, type WorkerState, workerStates } from '../snapshot/apache-status.ts';
import type { AsyncProcess, SlotAccesses, SlotRow, SlotTable } from '../snapshot/slot-table.ts';
import type { NotAStatusPage } from '../snapshot/status-page.ts';
import { type HtmlContent, type HtmlRow, type HtmlTable, parseHtmlTables } from './html-tables.ts';
import { parseCount } from './number.ts';
import { printable } from './printable.ts';

/**
 * Reads Apache's status page for people, 2.2 to 2.4. Columns are found by their heading, since they differ:
 * `Srv PID Acc M [CPU] SS Req [Dur, 2.4.35] Conn Child Slot Client [Protocol, 2.4.24] VHost Request`
 * (modules/generators/mod_status.c). Request lines come from clients and are escaped by the server; whatever they hold,
 * a row that does not fit the headings costs itself only.
 */
export function parseApacheStatusHtml(html: string): Result<SlotTable, NotAStatusPage> {
  const content = parseHtmlTables(html);
  const asyncTable = content.tables.find((table) => hasHeadings(table, ['PID', 'Connections']));
  const asyncProcesses = asyncTable === undefined ? [] : parseAsyncProcesses(asyncTable);
  const slotTable = content.tables.find((table) => hasHeadings(table, ['Srv', 'PID', 'M']));
  if (slotTable !== undefined) {
    return ok({ layout: 'extended', ...parseSlotRows(slotTable), asyncProcesses });
  }
  const pidKey = content.preformatted.find((text) => pidKeyEntry.test(text));
  if (pidKey !== undefined) {
    return ok({ layout: 'pid_only', slots: parsePidKey(pidKey), asyncProcesses, malformedRows: 0 });
  }
  return err(notAStatusPage(content));
}

function notAStatusPage(content: HtmlContent): NotAStatusPage {
  const { tables, preformatted } = content;
  const found = `a page with ${tables.length} tables and ${preformatted.length} preformatted blocks, none of them slots`;
  const remedy = 'point the slot table at the status page without "?auto" and without "?notable"';
  return { found, remedy };
}

/** Headings stand in one row: the legend below the slot table has one heading in each. */
function hasHeadings(table: HtmlTable, names: readonly string[]): boolean {
  const headings = table[0]?.filter((cell) => cell.kind === 'th').map((cell) => cell.text) ?? [];
  return names.every((name) => headings.includes(name));
}

function parseSlotRows(table: HtmlTable): { slots: readonly SlotRow[]; malformedRows: number } {
  const headings = table[0]?.map((cell) => cell.text) ?? [];
  const rows = table.slice(1).filter((row) => row.length > 0);
  const slots = rows.flatMap((row) => parseSlotRow(headings, row) ?? []);
  return { slots, malformedRows: rows.length - slots.length };
}

function parseSlotRow(headings: readonly string[], row: HtmlRow): SlotRow | undefined {
  if (row.length !== headings.length) return undefined;
  const cells = new Map(headings.map((heading, at) => [heading, row[at]?.text ?? '']));
  const state = stateOfLetter(cells.get('M') ?? '');
  if (state === undefined) return undefined;
  // 2.2 prints `?`, `?` and `..reading..` for a slot that reads: the texts would be of the request before.
  // A visitor can send the last one as a request line, and is not to disappear by it.
  const hidden = cells.get('Client') === '?' && cells.get('Request') === '..reading..';
  return {
    ...serverPart(cells.get('Srv') ?? ''),
    ...present('pid', parseCount(cells.get('PID') ?? '')),
    ...present('accesses', accesses(cells.get('Acc') ?? '')),
    state,
    ...present('secondsSinceRequest', parseCount(cells.get('SS') ?? '')),
    ...present('requestMilliseconds', parseCount(cells.get('Req') ?? '')),
    ...(hidden ? {} : requestPart(cells)),
  };
}

function requestPart(cells: ReadonlyMap<string, string>): Partial<SlotRow> {
  return {
    ...present('client', words(cells.get('Client'))),
    ...present('protocol', words(cells.get('Protocol'))),
    ...present('virtualHost', words(cells.get('VHost'))),
    ...present('request', words(cells.get('Request'))),
  };
}

/** `3-0`: child number and generation. */
function serverPart(text: string): Pick<SlotRow, 'child' | 'generation'> {
  const [, child, generation] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  return child === undefined ? {} : { child: Number(child), generation: Number(generation) };
}

/** `0/12/340`: this connection / this child / this slot. */
function accesses(text: string): SlotAccesses | undefined {
  const [, connection, child, slot] = /^(\d{1,15})\/(\d{1,15})\/(\d{1,15})$/.exec(text) ?? [];
  if (connection === undefined) return undefined;
  return { connection: Number(connection), child: Number(child), slot: Number(slot) };
}

/** `   9325 in state: K ,   9326 in state: _ ,`; a slot outside the limits has a blank for its state. */
const pidKeyEntry = /(\d{1,10}) in state: (.)/;
const pidKeyEntries = new RegExp(pidKeyEntry, 'g');

function parsePidKey(text: string): readonly SlotRow[] {
  const slots: SlotRow[] = [];
  for (const [, pid, letter = ''] of text.matchAll(pidKeyEntries)) {
    const state = stateOfLetter(letter);
    if (state !== undefined) slots.push({ pid: Number(pid), state });
  }
  return slots;
}

function stateOfLetter(letter: string): WorkerState | undefined {
  if (letter.length !== 1 || letter === ' ') return undefined;
  return workerStates.find((state) => scoreboardLetters[state] === letter) ?? 'unknown';
}

type AsyncColumn = Exclude<keyof AsyncProcess, 'pid' | 'stopping' | 'accepting'>;

/** Second row of headings; which of the groups `Connections`, `Threads` and `Async connections` does not matter. */
const asyncColumns: ReadonlyMap<string, AsyncColumn> = new Map([
  ['total', 'connections'],
  ['busy', 'busyThreads'],
  ['graceful', 'gracefulThreads'],
  ['idle', 'idleThreads'],
  ['wait-io', 'asyncWaitIo'],
  ['writing', 'asyncWriting'],
  ['keep-alive', 'asyncKeepAlive'],
  ['closing', 'asyncClosing'],
]);

/**
 * Two rows of headings (`Slot PID Stopping Connections Threads Async connections`, then the columns of the last three),
 * one row for each process, one `Sum` row. 2.4.0 to 2.4.34 have no `Slot` and no `Stopping`.
 */
function parseAsyncProcesses(table: HtmlTable): readonly AsyncProcess[] {
  const single = table[0]?.filter((cell) => cell.columns === 1).map((cell) => cell.text) ?? [];
  const headings = [...single, ...(table[1]?.map((cell) => cell.text) ?? [])];
  return table.slice(2).flatMap((row) => parseAsyncProcess(headings, row) ?? []);
}

function parseAsyncProcess(headings: readonly string[], row: HtmlRow): AsyncProcess | undefined {
  // Before anything is made of the headings: many of them times many short rows would be quadratic.
  if (row.length !== headings.length) return undefined;
  const cells = headings.map((heading, at) => [heading, row[at]?.text ?? ''] as const);
  const text = new Map(cells);
  const pid = parseCount(text.get('PID') ?? '');
  // The sums have no PID: they count processes there, and say `Sum` in the first column.
  if (pid === undefined || row[0]?.text === 'Sum') return undefined;
  const counts = cells.flatMap(([heading, value]) => {
    const field = asyncColumns.get(heading);
    const count = parseCount(value);
    return field === undefined || count === undefined ? [] : [[field, count] as const];
  });
  return {
    pid,
    ...present('stopping', yesOrNo(text.get('Stopping'))),
    ...present('accepting', yesOrNo(text.get('accepting'))),
    ...Object.fromEntries(counts),
  };
}

function yesOrNo(text: string | undefined): boolean | undefined {
  if (text === 'no') return false;
  return text?.startsWith('yes') ? true : undefined;
}

function words(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : printable(text);
}

/** One field of an object, left out when its value is not known. */
function present<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: V });
}
