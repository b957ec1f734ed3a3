import { setImmediate as nextTurn } from 'node:timers/promises';
import { collect } from '../metrics/collect.ts';
import type { Family } from '../metrics/family.ts';
import { renderFamilies } from '../metrics/registry.ts';
import type { Log } from './log.ts';

/** Renders metric families, and counts those that could not be read. */
export interface Exposition {
  render<S>(families: readonly Family<S>[], subjects: readonly S[]): Promise<string>;
  /** Families left out since the start because reading them threw. */
  failures(): number;
}

export function createExposition(log: Log): Exposition {
  let failed = 0;
  return {
    render(rows, subjects) {
      const families = collect(rows, subjects, (name, error) => {
        failed += 1;
        log.error('cannot read a metric family; it is left out', {
          family: name,
          error: String(error),
        });
      });
      return renderFamilies(families, () => nextTurn());
    },
    failures: () => failed,
  };
}
