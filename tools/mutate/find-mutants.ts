import { isNode, type Node, parseSource, walk } from './syntax-tree.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** One change to a source text. */
export interface Mutant extends Range {
  readonly replacement: string;
  /** The expression that must be evaluated for the change to matter. */
  readonly expression: Range;
  readonly line: number;
}

type Change = Range & { readonly replacement: string; readonly expression?: Range };

const operators: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '|=': ['&='],
  '&=': ['|='],
  '??=': ['='],
};

const methods: ReadonlyMap<string, string> = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
]);

/** Every change of an operator, a literal, a condition, a returned value or a statement; types are left alone. */
export function findMutants(text: string): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const names = new Set<unknown>();
  walk(parseSource(text), (node) => {
    if (isPassedOver(node) || names.has(node)) return false;
    names.add(nameIn(node));
    for (const change of changesOf(node, text)) {
      const line = text.slice(0, change.start).split('\n').length;
      mutants.push({ expression: node, ...change, line });
    }
    return true;
  });
  return mutants;
}

const wrappers = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** Types, imports, and errors that are thrown because a line cannot be reached. */
function isPassedOver({ type }: Node): boolean {
  if (wrappers.has(type)) return false;
  return type.startsWith('TS') || type === 'ImportDeclaration' || type === 'ThrowStatement';
}

/** The text in it that is a name and no value: of a property, of a module. */
function nameIn(node: Node): unknown {
  if (node.type.startsWith('Export')) return node['source'];
  return node['computed'] === true ? undefined : node['key'];
}

function changesOf(node: Node, text: string): readonly Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return swapOperator(node, text);
    case 'UpdateExpression':
      return swapUpdate(node, text);
    case 'UnaryExpression':
      return node['operator'] === '!' || node['operator'] === '-'
        ? [{ ...range(node), replacement: text.slice(node.start + 1, node.end) }]
        : [];
    case 'IfStatement':
    case 'ConditionalExpression':
      return replaceEach(node['test'], ['true', 'false']);
    case 'WhileStatement':
    case 'ForStatement':
    case 'DoWhileStatement':
      return replaceEach(node['test'], ['false']);
    case 'ReturnStatement':
      return replaceEach(node['argument'], ['undefined']);
    case 'ArrowFunctionExpression':
      return isNode(node['body']) && node['body'].type !== 'BlockStatement'
        ? replaceEach(node['body'], ['undefined'])
        : [];
    case 'ExpressionStatement':
      return removeStatement(node);
    case 'CallExpression':
      return swapMethod(node);
    case 'Literal':
      return replaceLiteral(node);
    default:
      return [];
  }
}

const range = ({ start, end }: Range): Range => ({ start, end });

function swapOperator(node: Node, text: string): readonly Change[] {
  const { left, right, operator } = node;
  if (!isNode(left) || !isNode(right) || typeof operator !== 'string') return [];
  // Without parentheses it would not be TypeScript beside another `??`.
  if (operator === '??') {
    const [a, b] = [left, right].map((side) => text.slice(side.start, side.end));
    return [{ ...range(node), replacement: `((${a}) && (${b}))` }];
  }
  const start = text.indexOf(operator, left.end);
  if (start < 0 || start >= right.start) return [];
  const at = { start, end: start + operator.length, expression: range(node) };
  return (operators[operator] ?? []).map((replacement) => ({ ...at, replacement }));
}

function swapUpdate(node: Node, text: string): readonly Change[] {
  const swapped = text
    .slice(node.start, node.end)
    .replace(/\+\+|--/, (found) => (found === '++' ? '--' : '++'));
  return [{ ...range(node), replacement: swapped }];
}

/** A literal has its own changes, and `undefined` would be replaced by itself. */
function replaceEach(value: unknown, replacements: readonly string[]): readonly Change[] {
  if (!isNode(value) || value.type === 'Literal' || value['name'] === 'undefined') return [];
  const at = { ...range(value), expression: range(value) };
  return replacements.map((replacement) => ({ ...at, replacement }));
}

function removeStatement(node: Node): readonly Change[] {
  const { expression } = node;
  if (!isNode(expression)) return [];
  const acts = ['CallExpression', 'AssignmentExpression'].includes(expression.type);
  return acts ? [{ ...range(node), replacement: ';', expression: range(expression) }] : [];
}

function swapMethod(node: Node): readonly Change[] {
  const { callee } = node;
  const property = isNode(callee) ? callee['property'] : undefined;
  if (!isNode(property) || typeof property['name'] !== 'string') return [];
  const replacement = methods.get(property['name']);
  return replacement === undefined
    ? []
    : [{ ...range(property), replacement, expression: range(node) }];
}

function replaceLiteral(node: Node): readonly Change[] {
  const replacements = replacementsOf(node);
  return replacements.map((replacement) => ({ ...range(node), replacement }));
}

function replacementsOf({ value, regex }: Node): readonly string[] {
  if (isPattern(regex)) return patternsLike(regex.pattern).map((text) => `/${text}/${regex.flags}`);
  if (typeof value === 'boolean') return [String(!value)];
  if (typeof value === 'string') return [value === '' ? "'mutated'" : "''"];
  // A small number counts something, so one more is wrong; of a bound only its absence must be noticed.
  if (typeof value === 'number') return [value > 100 ? '0' : String(value + 1)];
  return [];
}

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

function isPattern(value: unknown): value is Pattern {
  return typeof value === 'object' && value !== null && 'pattern' in value && 'flags' in value;
}

/** Without its anchors, and with one character in place of its first repetition. */
function patternsLike(pattern: string): readonly string[] {
  const once = pattern.replace(/(?<=[\w\])])(?<!\\)[+*]\??/, '');
  const changed = [pattern.replace(/^\^/, ''), pattern.replace(/(?<!\\)\$$/, ''), once];
  return [...new Set(changed)].filter((text) => text !== pattern && text !== '');
}
