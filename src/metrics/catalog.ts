import type { SelfView } from '../snapshot/self-view.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { apacheCompatFamilies } from './apache-compat-families.ts';
import type { Family } from './family.ts';
import { nginxCompatFamilies } from './nginx-compat-families.ts';
import { selfFamilies } from './self-families.ts';
import { slotFamilies } from './slot-families.ts';
import { statusFamilies } from './status-families.ts';

/** A group of the catalog as docs/metrics.md shows it. */
export interface FamilyGroup<S> {
  readonly title: string;
  readonly families: readonly Family<S>[];
}

/** Everything said about a target, in the order of the exposition. */
export const targetGroups: readonly FamilyGroup<TargetView>[] = [
  { title: 'Status page', families: statusFamilies },
  { title: 'Slots', families: slotFamilies },
  { title: 'Compatible with apache_exporter', families: apacheCompatFamilies },
  { title: 'Compatible with nginx-prometheus-exporter', families: nginxCompatFamilies },
];

export const selfGroups: readonly FamilyGroup<SelfView>[] = [
  { title: 'The exporter itself', families: selfFamilies },
];
