import type { ConfigTree } from '../snapshot/config-tree.ts';

/** Whether the tree has directives that were not read: what it lacks may be there. */
export function hidesLines({ unread }: ConfigTree): boolean {
  return unread.some(({ isValue }) => isValue !== true);
}
