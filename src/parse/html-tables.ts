import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** The parts of a page that hold data: the cells of its tables, and preformatted text. */
export interface HtmlContent {
  readonly tables: readonly HtmlTable[];
  readonly preformatted: readonly string[];
}

export type HtmlTable = readonly HtmlRow[];
export type HtmlRow = readonly HtmlCell[];

export interface HtmlCell {
  readonly kind: 'th' | 'td';
  /** Entities decoded, without white space around it. */
  readonly text: string;
}

/** Cells, rows, tables and blocks together. No status page has more; the rest of a larger page is left out. */
const maximumParts = 1_000_000;

/** What was collected so far of one page. */
interface Collector {
  readonly tables: HtmlCell[][][];
  readonly preformatted: string[];
  /** The cell that is open. */
  cell: { readonly kind: 'th' | 'td'; text: string } | undefined;
  inPreformatted: boolean;
  parts: number;
}

/**
 * Reads the tables of a page. Tables do not nest: a cell that is not closed ends where the next one begins, so one
 * broken row does not affect the rest of the page. Because nothing nests, the tokenizer alone is enough. The full parser
 * of htmlparser2 keeps a stack of open elements, and needs half a minute for a page that opens 200,000 of them.
 */
export function parseHtmlTables(html: string): HtmlContent {
  const collector: Collector = {
    tables: [],
    preformatted: [],
    cell: undefined,
    inPreformatted: false,
    parts: 0,
  };
  const tokenizer = new Tokenizer({}, createCallbacks(html, collector));
  tokenizer.write(html);
  tokenizer.end();
  endCell(collector);
  return { tables: collector.tables, preformatted: collector.preformatted };
}

function createCallbacks(html: string, collector: Collector): TokenizerCallbacks {
  let tag = '';
  const nameAt = (start: number, end: number) => html.slice(start, end).toLowerCase();
  return {
    ...ignored,
    onopentagname: (start, end) => {
      tag = nameAt(start, end);
    },
    onopentagend: () => openTag(collector, tag),
    onselfclosingtag: () => openTag(collector, tag),
    onclosetag: (start, end) => closeTag(collector, nameAt(start, end)),
    ontext: (start, end) => addText(collector, html.slice(start, end)),
    ontextentity: (codePoint) => addText(collector, String.fromCodePoint(codePoint)),
  };
}

const ignore = (): void => undefined;

const ignored = {
  onattribdata: ignore,
  onattribend: ignore,
  onattribentity: ignore,
  onattribname: ignore,
  oncdata: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onprocessinginstruction: ignore,
};

function openTag(collector: Collector, name: string): void {
  if (!['table', 'tr', 'th', 'td', 'pre'].includes(name)) return;
  endCell(collector);
  if (collector.parts >= maximumParts) return;
  collector.parts += 1;
  if (name === 'table') collector.tables.push([]);
  else if (name === 'tr') collector.tables.at(-1)?.push([]);
  else if (name === 'th' || name === 'td') startCell(collector, name);
  else startPreformatted(collector);
}

function closeTag(collector: Collector, name: string): void {
  if (['td', 'th', 'tr', 'table'].includes(name)) endCell(collector);
  if (['td', 'th', 'tr', 'table', 'pre'].includes(name)) collector.inPreformatted = false;
}

function addText(collector: Collector, text: string): void {
  if (collector.cell !== undefined) collector.cell.text += text;
  const last = collector.preformatted.length - 1;
  if (collector.inPreformatted) collector.preformatted[last] += text;
}

function startCell(collector: Collector, kind: 'th' | 'td'): void {
  collector.cell = { kind, text: '' };
}

function endCell(collector: Collector): void {
  const { cell } = collector;
  collector.cell = undefined;
  if (cell === undefined) return;
  collector.tables
    .at(-1)
    ?.at(-1)
    ?.push({ ...cell, text: cell.text.trim() });
}

function startPreformatted(collector: Collector): void {
  collector.inPreformatted = true;
  collector.preformatted.push('');
}
