import type { LoggedTarget } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { known, labelsOf, type TargetLabel, targetLabels } from './target-samples.ts';

/** One series: its labels, and the part of the subject from which its value is read. */
export interface Series<Part, L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly part: Part;
}

/** Where the values of several families come from. */
export interface FigureSource<Subject, Part, L extends string> {
  readonly labels: readonly L[];
  readonly compatibleWith?: string;
  /** Lists the series of a subject; none while the part is unknown. */
  readonly series: (subject: Subject) => readonly Series<Part, L>[];
}

/** A family with one number for each series. */
export interface FigureRow<Part> {
  readonly name: string;
  /** A gauge unless the row says otherwise. */
  readonly type?: 'counter' | 'gauge';
  readonly help: string;
  readonly source: string;
  /** Undefined for a value that is not known: then the series is absent. */
  readonly read: (part: Part) => number | undefined;
}

/** Returns a function that turns a row into a family: the rows of one source repeat neither labels nor lookups. */
export function figures<Subject, Part, const L extends string>({
  series,
  ...shared
}: FigureSource<Subject, Part, L>): (row: FigureRow<Part>) => Family<Subject, L> {
  return ({ read, ...row }) =>
    family({
      type: 'gauge',
      ...shared,
      ...row,
      samples: (subject: Subject) =>
        series(subject).flatMap(({ labels, part }) => known(labels, read(part))),
    });
}

/** One series for each target, read from one part of its view. */
export function ofTarget<View extends LoggedTarget, Part>(
  partOf: (view: View) => Part | undefined,
): FigureSource<View, Part, TargetLabel> {
  return {
    labels: targetLabels,
    series: (view) => {
      const part = partOf(view);
      return part === undefined ? [] : [{ labels: labelsOf(view), part }];
    },
  };
}
