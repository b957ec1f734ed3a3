export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** `name{labels} value`, with single spaces and no timestamp, as client libraries write it. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_VALUES: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** One sample line of the Prometheus text format; throws what is wrong with it. */
export function parseSample(line: string): Sample {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error('not a sample');
  return { name, labels: parseLabels(labels), value: parseValue(value) };
}

function parseLabels(text: string): Labels {
  const labels = new Map<string, string>();
  for (let position = 0; position < text.length; position = LABEL.lastIndex) {
    LABEL.lastIndex = position;
    const [, name, value = '', end] = LABEL.exec(text) ?? [];
    if (name === undefined) throw new Error(`not a label: "${text.slice(position)}"`);
    if (end === ',' && LABEL.lastIndex === text.length)
      throw new Error('comma after the last label');
    if (labels.has(name)) throw new Error(`label ${name} twice`);
    labels.set(name, unescapeValue(value));
  }
  return Object.fromEntries(labels);
}

function unescapeValue(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function parseValue(text: string): number {
  const special = SPECIAL_VALUES[text];
  if (special !== undefined) return special;
  if (!NUMBER.test(text)) throw new Error(`not a value: "${text}"`);
  return Number(text);
}
