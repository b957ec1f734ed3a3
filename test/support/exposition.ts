import { type Labels, parseSample, type Sample } from './exposition-sample.ts';

interface Family {
  readonly name: string;
  readonly type: FamilyType;
  /** As written: escapes are kept. Empty without a HELP line. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Exposition {
  readonly families: ReadonlyMap<string, Family>;
  /** The samples of that name that have at least these labels; of a histogram, ask for `_bucket`, `_sum`, `_count`. */
  samples(name: string, labels?: Labels): readonly Sample[];
  /** The value of the only such sample; undefined without one. Throws when several match. */
  value(name: string, labels?: Labels): number | undefined;
  /** Of all such samples; 0 without one. */
  sum(name: string, labels?: Labels): number;
}

type FamilyType = (typeof TYPES)[number];

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const;

/** What follows a family's name in the names of its samples. */
const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  untyped: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

interface OpenFamily {
  readonly name: string;
  help: string | undefined;
  type: FamilyType | undefined;
  readonly samples: Sample[];
}

/**
 * Parses the Prometheus text format 0.0.4 and throws at the first thing that is wrong, the tolerated too: a blank
 * line, a comment, a sample before its TYPE, a family in two places, one series twice, a last line without its end.
 */
export function parseExposition(text: string): Exposition {
  const state: ParserState = { open: new Map(), seen: new Set(), current: undefined };
  for (const [index, line] of linesOf(text).entries()) {
    try {
      takeLine(line, state);
    } catch (error) {
      throw new Error(
        `Cannot parse the exposition: line ${index + 1} "${line}": ${messageOf(error)}`,
      );
    }
  }
  return lookupIn(new Map([...state.open].map(([name, family]) => [name, closeFamily(family)])));
}

interface ParserState {
  /** By name, in the order of the text. */
  readonly open: Map<string, OpenFamily>;
  readonly seen: Set<string>;
  current: OpenFamily | undefined;
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  if (!text.endsWith('\n'))
    throw new Error('Cannot parse the exposition: its last line has no end');
  return text.slice(0, -1).split('\n');
}

function takeLine(line: string, state: ParserState): void {
  if (line.trim() === '') throw new Error('blank');
  if (line.startsWith('#')) takeComment(line, state);
  else takeSample(line, state);
}

function takeComment(line: string, state: ParserState): void {
  const [, keyword, name = '', rest = ''] =
    /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) ?(.*)$/s.exec(line) ?? [];
  if (keyword === undefined) throw new Error('neither HELP nor TYPE');
  const family = familyNamed(name, state);
  if (family.samples.length > 0) throw new Error(`${keyword} after samples`);
  if (keyword === 'HELP') {
    if (family.help !== undefined) throw new Error('second HELP');
    family.help = rest;
  } else {
    if (family.type !== undefined) throw new Error('second TYPE');
    family.type = typeNamed(rest);
  }
}

function familyNamed(name: string, state: ParserState): OpenFamily {
  if (state.current?.name === name) return state.current;
  if (state.open.has(name)) throw new Error(`family ${name} in two places`);
  const family: OpenFamily = { name, help: undefined, type: undefined, samples: [] };
  state.open.set(name, family);
  state.current = family;
  return family;
}

function typeNamed(text: string): FamilyType {
  const type = TYPES.find((each) => each === text);
  if (type === undefined) throw new Error(`unknown type "${text}"`);
  return type;
}

function takeSample(line: string, { current, seen }: ParserState): void {
  const sample = parseSample(line);
  if (current?.type === undefined) throw new Error('sample before its TYPE');
  const names = SUFFIXES[current.type].map((suffix) => current.name + suffix);
  if (!names.includes(sample.name)) throw new Error(`not of the ${current.type} ${current.name}`);
  const series = seriesOf(sample);
  if (seen.has(series)) throw new Error('series a second time');
  seen.add(series);
  current.samples.push(sample);
}

function seriesOf({ name, labels }: Sample): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function closeFamily({ name, help = '', type, samples }: OpenFamily): Family {
  if (type === undefined) throw new Error(`Cannot parse the exposition: ${name} has no TYPE`);
  return { name, help, type, samples };
}

function lookupIn(families: ReadonlyMap<string, Family>): Exposition {
  const all = [...families.values()].flatMap((family) => family.samples);
  const samples = (name: string, labels: Labels = {}): readonly Sample[] =>
    all.filter((sample) => sample.name === name && hasLabels(sample, labels));
  const value = (name: string, labels: Labels = {}): number | undefined => {
    const [first, ...others] = samples(name, labels);
    if (others.length === 0) return first?.value;
    throw new Error(`${name}${JSON.stringify(labels)} is ambiguous: ${others.length + 1} samples`);
  };
  const sum = (name: string, labels: Labels = {}): number =>
    samples(name, labels).reduce((total, sample) => total + sample.value, 0);
  return { families, samples, value, sum };
}

function hasLabels(sample: Sample, labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
