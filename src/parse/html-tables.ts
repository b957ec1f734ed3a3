import { Parser } from 'htmlparser2';

/** The parts of a page that hold data: the cells of its tables, and preformatted text. */
export interface HtmlContent {
  readonly tables: readonly HtmlTable[];
  readonly preformatted: readonly string[];
}

export type HtmlTable = readonly HtmlRow[];
export type HtmlRow = readonly HtmlCell[];

export interface HtmlCell {
  readonly kind: 'th' | 'td';
  /** Entities decoded, surrounding white space gone. */
  readonly text: string;
  /** `colspan`, 1 unless told. */
  readonly columns: number;
}

/** No status page has more; a page that claims to is not worth the memory. */
const mostCells = 1_000_000;

/** Collects tables while the parser walks the page; the state of one page only. */
interface Collector {
  readonly tables: HtmlCell[][][];
  readonly preformatted: string[];
  /** What text belongs to now. */
  cell: { readonly kind: 'th' | 'td'; readonly columns: number; text: string } | undefined;
  inPreformatted: boolean;
  cells: number;
}

/**
 * Reads tables as a browser would see them. Tables that are opened within a cell do not nest: a cell that was not closed
 * ends where the next one begins, so that one broken row cannot swallow the rest of the page.
 */
export function parseHtmlTables(html: string): HtmlContent {
  const collector: Collector = {
    tables: [],
    preformatted: [],
    cell: undefined,
    inPreformatted: false,
    cells: 0,
  };
  const parser = new Parser({
    onopentag: (name, attributes) => openTag(collector, name, attributes),
    ontext: (text) => addText(collector, text),
    onclosetag: (name) => closeTag(collector, name),
  });
  parser.end(html);
  endCell(collector);
  return { tables: collector.tables, preformatted: collector.preformatted };
}

function openTag(
  collector: Collector,
  name: string,
  attributes: Readonly<Record<string, string>>,
): void {
  if (name === 'table') startTable(collector);
  else if (name === 'tr') startRow(collector);
  else if (name === 'th' || name === 'td') startCell(collector, name, attributes['colspan']);
  else if (name === 'pre') startPreformatted(collector);
}

function closeTag(collector: Collector, name: string): void {
  if (name === 'pre') collector.inPreformatted = false;
  else if (['td', 'th', 'tr', 'table'].includes(name)) endCell(collector);
}

function addText(collector: Collector, text: string): void {
  if (collector.cell !== undefined) collector.cell.text += text;
  const last = collector.preformatted.length - 1;
  if (collector.inPreformatted) collector.preformatted[last] += text;
}

function startTable(collector: Collector): void {
  endCell(collector);
  collector.tables.push([]);
}

function startRow(collector: Collector): void {
  endCell(collector);
  collector.tables.at(-1)?.push([]);
}

function startCell(collector: Collector, kind: 'th' | 'td', colspan: string | undefined): void {
  endCell(collector);
  const columns = /^\d{1,2}$/.test(colspan ?? '') ? Number(colspan) : 1;
  collector.cell = { kind, columns, text: '' };
}

function endCell(collector: Collector): void {
  const { cell } = collector;
  collector.cell = undefined;
  if (cell === undefined || collector.cells >= mostCells) return;
  collector.cells += 1;
  collector.tables
    .at(-1)
    ?.at(-1)
    ?.push({ ...cell, text: cell.text.trim() });
}

function startPreformatted(collector: Collector): void {
  collector.inPreformatted = true;
  collector.preformatted.push('');
}
