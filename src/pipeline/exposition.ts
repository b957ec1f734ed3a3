import { setImmediate as nextTurn } from 'node:timers/promises';
import { collect } from '../metrics/collect.ts';
import type { Family } from '../metrics/family.ts';
import { renderFamilies } from '../metrics/registry.ts';
import type { Log } from './log.ts';

/** Renders metric families, and counts those that could not be read. Each is logged when its failure begins. */
export interface Exposition {
  render<S>(families: readonly Family<S>[], subjects: readonly S[]): Promise<string>;
  /** Families left out since the start because reading them threw. */
  failures(): number;
}

export function createExposition(log: Log): Exposition {
  let failed = 0;
  const failing = new Set<string>();
  return {
    async render(rows, subjects) {
      const { families, failures } = collect(rows, subjects);
      for (const { name } of families) failing.delete(name);
      for (const { name, error } of failures) {
        if (failing.has(name)) continue;
        failing.add(name);
        log.error('cannot read a metric family; it is left out', {
          family: name,
          error: String(error),
        });
      }
      failed += failures.length;
      return renderFamilies(families, () => nextTurn());
    },
    failures: () => failed,
  };
}
