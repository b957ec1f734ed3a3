import { isParameters } from './devtools.ts';

export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  /** `polite` or `assertive` where changes are read out, else empty. */
  readonly live: string;
}

/** What a screen reader gets, from Accessibility.getFullAXTree; nodes it does not get are left out. */
export function accessibleNodes(nodes: unknown): readonly AccessibleNode[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.filter(isParameters).flatMap((node) => {
    if (node['ignored'] === true) return [];
    const properties = Array.isArray(node['properties']) ? node['properties'] : [];
    const live = properties.filter(isParameters).find(({ name, value }) => {
      return name === 'live' && textOf(value) !== 'off';
    });
    return [
      { role: textOf(node['role']), name: textOf(node['name']), live: textOf(live?.['value']) },
    ];
  });
}

function textOf(value: unknown): string {
  const inner = isParameters(value) ? value['value'] : undefined;
  return typeof inner === 'string' ? inner : '';
}
