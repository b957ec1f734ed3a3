import type * as z from 'zod';
import { didYouMean, listWords } from '../parse/nearest-word.ts';
import { schemaAt, schemaKeys } from './walk-schema.ts';

export interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong and what to write instead. Unknown keys are one problem each, at the key itself. */
export function explainIssue(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
): readonly Explained[] {
  if (issue.code === 'unrecognized_keys') {
    const known = schemaKeys(schemaAt(schema, issue.path));
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown key${didYouMean(key, known)}`,
    }));
  }
  return [{ path: issue.path, message: messageOf(issue) }];
}

/** The message of the schema where it has one; never that of the library, which is for programmers. */
function messageOf(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return message.startsWith('Invalid input') ? explainType(issue) : message;
    case 'invalid_value':
      return explainValue(issue);
    case 'too_small':
      return message.startsWith('Too small') ? explainMinimum(issue) : message;
    case 'too_big':
      return message.startsWith('Too big') ? explainMaximum(issue) : message;
    case 'invalid_format':
      return message.startsWith('Invalid string') ? explainFormat(issue) : message;
    case 'invalid_key':
      return 'has an empty name; write a text';
    default:
      return message;
  }
}

function explainType({ input, expected }: z.core.$ZodIssueInvalidType): string {
  const wanted = kindWords[expected] ?? expected;
  if (input === undefined) return `is missing; write ${wanted}`;
  const found =
    expected === 'int' && typeof input === 'number' ? 'a fraction' : describeKind(input);
  return `write ${wanted} (found ${found})`;
}

const kindWords: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
};

function explainValue({ input, values, message }: z.core.$ZodIssueInvalidValue): string {
  const words = values.map(String);
  if (input === undefined) return `is missing; write ${listWords(words)}`;
  const hint = typeof input === 'string' ? didYouMean(input, words) : '';
  if (!message.startsWith('Invalid ')) return `${message}${hint}`;
  return `is not a known value; write ${listWords(words)}${hint}`;
}

function explainMinimum({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return 'is empty; write a text';
  if (origin === 'array') return 'is an empty list; add an entry';
  return inclusive === false ? `must be greater than ${minimum}` : `must be at least ${minimum}`;
}

function explainMaximum({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`;
}

function explainFormat(issue: z.core.$ZodIssueInvalidStringFormat): string {
  return 'prefix' in issue ? `must begin with ${issue.prefix}` : 'has the wrong form';
}

/** Never the value itself: it may be a password. */
function describeKind(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
