import type { Family, FamilyData, Sample } from './family.ts';

/** Called with the name of a row that threw an error. Only that row is left out. */
export type OnRowFailure = (name: string, error: unknown) => void;

/**
 * Reads every row from every subject, one row at a time: the samples of a thousand targets are not kept together.
 * A row without samples is left out.
 */
export function* collect<S>(
  rows: readonly Family<S>[],
  subjects: readonly S[],
  onFailure: OnRowFailure,
): Generator<FamilyData> {
  for (const row of rows) {
    const samples = readRow(row, subjects, onFailure);
    const { name, type, help } = row;
    if (samples.length > 0) yield { name, type, help, samples };
  }
}

function readRow<S>(
  { name, samples: read }: Family<S>,
  subjects: readonly S[],
  onFailure: OnRowFailure,
): readonly Sample[] {
  const samples: Sample[] = [];
  try {
    for (const subject of subjects) samples.push(...read(subject));
  } catch (error) {
    onFailure(name, error);
    return [];
  }
  return samples;
}
