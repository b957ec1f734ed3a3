import { parseAst } from 'vitest/node';

/** A node of the tree that vitest's own parser makes (ESTree with TypeScript). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Throws when the text is not TypeScript. */
export function parseSource(text: string): Node {
  const tree: unknown = parseAst(text, { lang: 'ts' });
  if (!isNode(tree)) throw new Error('the parser returned no tree');
  return tree;
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'start' in value &&
    typeof value.type === 'string' &&
    typeof value.start === 'number'
  );
}

export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flat().filter(isNode);
}

/** Calls `visit` for the node and all below it; what it returns false for is not entered. */
export function walk(node: Node, visit: (node: Node) => boolean): void {
  if (!visit(node)) return;
  for (const child of childrenOf(node)) walk(child, visit);
}
