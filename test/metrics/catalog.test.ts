import { expect, test } from 'vitest';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import type { Family } from '../../src/metrics/family.ts';
import { keepaliveProbeFamilies } from '../../src/metrics/keepalive-probe-families.ts';
import { probeFamilies } from '../../src/metrics/probe-families.ts';

/** /metrics and /probe can share a family. Prometheus keeps one description for each name. */
test('a metric in two tables has one description', () => {
  const tables: readonly (readonly Family<never>[])[] = [
    ...targetGroups.map(({ families }) => families),
    ...selfGroups.map(({ families }) => families),
    probeFamilies,
    keepaliveProbeFamilies,
  ];
  const described = new Map<string, string>();
  const shared: string[] = [];
  for (const { name, type, help, labels } of tables.flat()) {
    const description = JSON.stringify({ type, help, labels });
    if (described.has(name)) shared.push(name);
    expect(description, name).toBe(described.get(name) ?? description);
    described.set(name, description);
  }
  expect(shared).toEqual([
    'webserver_keepalive_timeout_seconds',
    'webserver_keepalive_requests_limit',
  ]);
});
