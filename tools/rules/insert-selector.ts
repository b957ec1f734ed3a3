import { parser } from '@prometheus-io/lezer-promql';

/** Series that are scraped. Recording rules have already selected theirs. */
const selected = /^(?:webserver_|keepalive_exporter_|probe_|up\b)/;

/** Adds a placeholder for the configured selector to every selector of scraped series. */
export function insertSelector(expr: string): string {
  let text = expr;
  for (const { from, to } of findSelectors(expr).toReversed()) {
    const braces = text.slice(from, to).lastIndexOf('}');
    text =
      braces === -1
        ? `${text.slice(0, to)}%(selector_alone)s${text.slice(to)}`
        : `${text.slice(0, from + braces)}%(selector_more)s${text.slice(from + braces)}`;
  }
  return text;
}

/** Whether `{selector}` is valid PromQL. */
export function isSelector(selector: string): boolean {
  return selector === '' || parse(`x{${selector}}`).errors === 0;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function findSelectors(expr: string): readonly Span[] {
  const { spans, errors } = parse(blankValues(expr));
  if (errors > 0) throw new Error(`Cannot parse the template "${expr}"`);
  return spans.filter(({ from, to }) => selected.test(expr.slice(from, to)));
}

/** Replaces placeholders with valid PromQL of the same length: a duration or a name. */
function blankValues(expr: string): string {
  return expr
    .replaceAll('%%', ' +')
    .replaceAll(/(\[?)%\(\w+\)s/g, (found, bracket: string) =>
      bracket === '' ? 'x'.repeat(found.length) : `[${'1'.repeat(found.length - 2)}m`,
    );
}

function parse(expr: string): { readonly spans: readonly Span[]; readonly errors: number } {
  const spans: Span[] = [];
  let errors = 0;
  parser.parse(expr).iterate({
    enter({ type, from, to }) {
      if (type.isError) errors++;
      if (type.name === 'VectorSelector') spans.push({ from, to });
    },
  });
  return { spans, errors };
}
