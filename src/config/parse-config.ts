import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { err, messageOf, ok, type Result } from '../result.ts';
import { explainIssue } from './explain-issue.ts';
import { type Config, configSchema } from './schema.ts';

/** One problem of a configuration file. */
export interface ConfigProblem {
  /** 1-based; absent when the problem concerns the file as a whole. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the configuration, such as `targets[0].status_url`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/**
 * Parses and checks a configuration file; every problem is reported, not only the first.
 *
 * @param text YAML
 */
export function parseConfig(text: string): Result<Config, readonly ConfigProblem[]> {
  return parseYaml(text, configSchema);
}

/** YAML text through a schema, with the line of every problem. An empty file is an empty mapping. */
export function parseYaml<S extends z.ZodType>(
  text: string,
  schema: S,
): Result<z.output<S>, readonly ConfigProblem[]> {
  if (nestsTooDeeply(text)) return err([{ path: '', message: 'is nested too deeply' }]);
  try {
    return parseDocumentOf(text, schema);
  } catch (error) {
    // Ten thousand brackets are deeper than the stack of the YAML parser.
    if (!(error instanceof RangeError)) throw error;
    return err([{ path: '', message: 'is nested too deeply' }]);
  }
}

/** A configuration opens a few brackets in a row. Before it gives up, the YAML parser takes seconds for 300,000. */
const maximumBracketsInARow = 500;

function nestsTooDeeply(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character.trim() !== '') open = 0;
    if (open > maximumBracketsInARow) return true;
  }
  return false;
}

function parseDocumentOf<S extends z.ZodType>(
  text: string,
  schema: S,
): Result<z.output<S>, readonly ConfigProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    return err(document.errors.map((e) => ({ ...at(e.pos[0]), path: '', message: e.message })));
  }
  const value = readDocument(document);
  if (!value.ok) return err([{ path: '', message: value.error }]);
  const parsed = schema.safeParse(value.value ?? {}, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues
    .flatMap((issue) => explainIssue(issue, schema))
    .map(({ path, message }) => ({
      offset: offsetOf(document.contents, path) ?? 0,
      path: pathText(path),
      message,
    }));
  // An editor goes through them from the top.
  return err(
    problems
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, path, message }) => ({ ...at(offset), path, message })),
  );
}

/** Aliases can expand a small file to gigabytes. Above 100 of them the parser throws. */
function readDocument(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    return err(messageOf(error));
  }
}

/** The offset of the node at `path`, or of its nearest ancestor that exists. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number | undefined {
  let node = root;
  let offset = startOf(root);
  for (const step of path) {
    const child = childAt(node, step);
    if (child === undefined) break;
    offset = startOf(child.at) ?? offset;
    node = child.value;
  }
  return offset;
}

/** What a step leads to, and the node where it stands: of a mapping the key. */
function childAt(
  node: unknown,
  step: PropertyKey,
): { readonly at: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? undefined : { at: pair.key, value: pair.value };
  }
  if (!isSeq(node)) return undefined;
  const item: unknown = node.get(step, true);
  return item === undefined || item === null ? undefined : { at: item, value: item };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** `file:line:column: path: message`, which editors and terminals turn into links. */
export function configProblemText(file: string, problem: ConfigProblem): string {
  const place = [file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return problem.path === ''
    ? `${place}: ${problem.message}`
    : `${place}: ${problem.path}: ${problem.message}`;
}
