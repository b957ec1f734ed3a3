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
  /** Entities decoded, surrounding white space gone. */
  readonly text: string;
  /** `colspan`, 1 unless told. */
  readonly columns: number;
}

/** Cells, rows, tables and blocks together. No status page has more; a page that claims to is not worth the memory. */
const mostParts = 1_000_000;

/** Collects tables while the parser walks the page; the state of one page only. */
interface Collector {
  readonly tables: HtmlCell[][][];
  readonly preformatted: string[];
  /** What text belongs to now. */
  cell: { readonly kind: 'th' | 'td'; readonly columns: number; text: string } | undefined;
  inPreformatted: boolean;
  parts: number;
}

/** The opening tag the tokenizer is in. */
interface OpenTag {
  readonly name: string;
  attribute: string;
  colspan: string;
}

/**
 * Reads tables as a browser would see them. Tables that are opened within a cell do not nest: a cell that was not closed
 * ends where the next one begins, so that one broken row cannot swallow the rest of the page. Nothing nests here, so
 * the bare tokenizer is enough: htmlparser2's parser keeps a stack of open elements, and a page that opens 200,000 of
 * them costs it half a minute.
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
  let tag: OpenTag = { name: '', attribute: '', colspan: '' };
  const nameAt = (start: number, end: number) => html.slice(start, end).toLowerCase();
  const addValue = (text: string): void => {
    if (tag.attribute === 'colspan') tag.colspan += text;
  };
  return {
    ...ignored,
    onopentagname: (start, end) => {
      tag = { name: nameAt(start, end), attribute: '', colspan: '' };
    },
    onattribname: (start, end) => {
      tag.attribute = nameAt(start, end);
    },
    onattribdata: (start, end) => addValue(html.slice(start, end)),
    onattribentity: (codePoint) => addValue(String.fromCodePoint(codePoint)),
    onopentagend: () => openTag(collector, tag),
    onselfclosingtag: () => openTag(collector, tag),
    onclosetag: (start, end) => closeTag(collector, nameAt(start, end)),
    ontext: (start, end) => addText(collector, html.slice(start, end)),
    ontextentity: (codePoint) => addText(collector, String.fromCodePoint(codePoint)),
  };
}

const ignore = (): void => undefined;

const ignored = {
  onattribend: ignore,
  oncdata: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onprocessinginstruction: ignore,
};

function openTag(collector: Collector, { name, colspan }: OpenTag): void {
  if (!['table', 'tr', 'th', 'td', 'pre'].includes(name)) return;
  endCell(collector);
  if (collector.parts >= mostParts) return;
  collector.parts += 1;
  if (name === 'table') collector.tables.push([]);
  else if (name === 'tr') collector.tables.at(-1)?.push([]);
  else if (name === 'th' || name === 'td') startCell(collector, name, colspan);
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

function startCell(collector: Collector, kind: 'th' | 'td', colspan: string): void {
  const columns = /^\d{1,2}$/.test(colspan) ? Number(colspan) : 1;
  collector.cell = { kind, columns, text: '' };
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
