import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import { scoreboardLetters, type WorkerState, workerStates } from '../snapshot/apache-status.ts';
import type { SlotRow, SlotTable } from '../snapshot/slot-table.ts';
import type { NotAStatusPage } from '../snapshot/status-page.ts';
import { type HtmlContent, type HtmlRow, type HtmlTable, parseHtmlTables } from './html-tables.ts';
import { parseCount } from './number.ts';
import { printable } from './printable.ts';

/** With ExtendedStatus Off the page lists `   9325 in state: K ,   9326 in state: _ ,` in place of the table. */
const pidKeyEntry = /\d{1,10} in state: ./;

/**
 * Reads Apache's HTML status page, 2.2 to 2.4. Columns are found by their heading, because versions differ:
 * `Srv PID Acc M [CPU] SS Req [Dur, 2.4.35] Conn Child Slot Client [Protocol, 2.4.24] VHost Request`
 * (modules/generators/mod_status.c). Request lines come from clients, and the server escapes them. A row that does not
 * fit the headings is left out; the other rows are read.
 */
export function parseApacheStatusHtml(html: string): Result<SlotTable, NotAStatusPage> {
  const content = parseHtmlTables(html);
  const slotTable = content.tables.find((table) => hasHeadings(table, ['Srv', 'PID', 'M']));
  if (slotTable !== undefined) return ok({ layout: 'extended', slots: parseSlotRows(slotTable) });
  return content.preformatted.some((text) => pidKeyEntry.test(text))
    ? ok({ layout: 'pid_only', slots: [] })
    : err(notAStatusPage(content));
}

function notAStatusPage({ tables, preformatted }: HtmlContent): NotAStatusPage {
  return {
    found: `a page with ${tables.length} tables and ${preformatted.length} preformatted blocks, none of them with slots`,
    remedy: 'set status_url to the status page without "?notable"',
  };
}

/** All headings are in the first row. The legend below the slot table has one heading in each row. */
function hasHeadings(table: HtmlTable, names: readonly string[]): boolean {
  const headings = table[0]?.filter((cell) => cell.kind === 'th').map((cell) => cell.text) ?? [];
  return names.every((name) => headings.includes(name));
}

function parseSlotRows(table: HtmlTable): readonly SlotRow[] {
  const headings = table[0]?.map((cell) => cell.text) ?? [];
  return table.slice(1).flatMap((row) => parseSlotRow(headings, row) ?? []);
}

function parseSlotRow(headings: readonly string[], row: HtmlRow): SlotRow | undefined {
  // Checked first: many headings times many short rows would be quadratic work.
  if (row.length !== headings.length) return undefined;
  const cells = new Map(headings.map((heading, at) => [heading, row[at]?.text ?? '']));
  const state = stateOfLetter(cells.get('M') ?? '');
  if (state === undefined) return undefined;
  return present({
    state,
    secondsSinceRequest: parseCount(cells.get('SS') ?? ''),
    client: clientOf(cells),
  });
}

/**
 * 2.2 prints `?`, `?` and `..reading..` for a slot that reads a request. A visitor can send `..reading..` as a request
 * line, so it hides the client only together with `?`.
 */
function clientOf(cells: ReadonlyMap<string, string>): string | undefined {
  const client = cells.get('Client') ?? '';
  const isHidden = client === '?' && cells.get('Request') === '..reading..';
  return client === '' || isHidden ? undefined : printable(client);
}

function stateOfLetter(letter: string): WorkerState | undefined {
  if (letter.length !== 1 || letter === ' ') return undefined;
  return workerStates.find((state) => scoreboardLetters[state] === letter) ?? 'unknown';
}
