import { setImmediate as nextTurn } from 'node:timers/promises';
import { collect } from '../metrics/collect.ts';
import type { Family, FamilyData } from '../metrics/family.ts';
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
  const reportFailure = (name: string, error: unknown): void => {
    failed += 1;
    if (failing.has(name)) return;
    failing.add(name);
    log.error('cannot read a metric family; it is left out', {
      family: name,
      error: String(error),
    });
  };
  return {
    render: (rows, subjects) =>
      renderFamilies(forget(failing, collect(rows, subjects, reportFailure)), () => nextTurn()),
    failures: () => failed,
  };
}

/** A family that could be read is logged again when it fails the next time. */
function* forget(failing: Set<string>, families: Iterable<FamilyData>): Generator<FamilyData> {
  for (const each of families) {
    failing.delete(each.name);
    yield each;
  }
}
