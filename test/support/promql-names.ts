import { parser } from '@prometheus-io/lezer-promql';

/** One selector of a query: a metric and the labels its matchers name, with a text or a pattern each. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly value: string;
    readonly isPattern: boolean;
  }[];
}

export interface PromqlNames {
  readonly selectors: readonly Selector[];
  /** Labels of by, without, on, ignoring and group_left. */
  readonly groupingLabels: readonly string[];
  /** Pieces the grammar does not understand. */
  readonly errors: readonly string[];
}

/** What a query names, read with the grammar of Prometheus' own editor. Grafana's variables must be replaced before. */
export function readPromqlNames(expr: string): PromqlNames {
  const selectors: Selector[] = [];
  const groupingLabels: string[] = [];
  const errors: string[] = [];
  const text = (node: { readonly from: number; readonly to: number }) =>
    expr.slice(node.from, node.to);
  parser.parse(expr).iterate({
    enter({ node, type }) {
      if (type.isError) errors.push(text(node));
      if (type.name === 'VectorSelector') selectors.push(readSelector(text(node)));
      if (type.name === 'GroupingLabels') {
        groupingLabels.push(...(text(node).match(/[a-zA-Z_]\w*/g) ?? []));
      }
    },
  });
  return { selectors, groupingLabels, errors };
}

function readSelector(text: string): Selector {
  const metric = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? '';
  const matchers = [...text.matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = '', operator = '', value = '']) => ({
      label,
      value,
      isPattern: operator.includes('~'),
    }),
  );
  return { metric, matchers };
}

/** Grafana's variables and intervals as some value each, so that a query can be parsed and run. */
export function fillGrafanaVariables(
  expr: string,
  values: Readonly<Record<string, string>> = {},
): string {
  return expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__interval', '30s')
    .replaceAll('$__range', '5m')
    .replace(/\$\{?(\w+)\}?/g, (_, name: string) => values[name] ?? grafanaDefaults[name] ?? '.+');
}

/** The numbers among the variables; all others are choices of which `.+` is everything. */
const grafanaDefaults: Readonly<Record<string, string>> = {
  objective: '0.999',
  latency: '1',
  latency_objective: '0.99',
};
