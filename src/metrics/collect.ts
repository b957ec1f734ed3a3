import type { Family, FamilyData, Sample } from './family.ts';

export interface Collected {
  readonly families: readonly FamilyData[];
  /** Rows that threw an error. Only these are left out. */
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];
}

/** Reads every row from every subject. A row without samples is left out. */
export function collect<S>(rows: readonly Family<S>[], subjects: readonly S[]): Collected {
  const families: FamilyData[] = [];
  const failures: { name: string; error: unknown }[] = [];
  for (const { name, type, help, samples: read } of rows) {
    try {
      const samples: Sample[] = [];
      for (const subject of subjects) samples.push(...read(subject));
      if (samples.length > 0) families.push({ name, type, help, samples });
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return { families, failures };
}
