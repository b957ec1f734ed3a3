import type { SelfView } from '../snapshot/self-view.ts';
import type { LoggedTarget, TargetView } from '../snapshot/target-view.ts';
import { adviceFamilies } from './advice-families.ts';
import { apacheCompatFamilies } from './apache-compat-families.ts';
import { configFamilies } from './config-families.ts';
import { connectionFamilies } from './connection-families.ts';
import type { Family } from './family.ts';
import { kernelFamilies, processFamilies } from './host-families.ts';
import { accessLogFamilies, errorLogFamilies } from './log-families.ts';
import { nginxCompatFamilies } from './nginx-compat-families.ts';
import { sampleFamilies } from './sample-families.ts';
import { selfFamilies } from './self-families.ts';
import { slotFamilies } from './slot-families.ts';
import { slotTableFamilies } from './slot-table-families.ts';
import { statusFamilies } from './status-families.ts';
import { verdictFamilies } from './verdict-families.ts';

/** A group of the catalog as docs/metrics.md shows it. */
export interface FamilyGroup<S> {
  readonly title: string;
  readonly families: readonly Family<S>[];
}

/** What is counted from logs: also of a target that has no status page. */
export const logGroups: readonly FamilyGroup<LoggedTarget>[] = [
  { title: 'Access log', families: accessLogFamilies },
  { title: 'Advice', families: adviceFamilies },
  { title: 'Error log', families: errorLogFamilies },
];

/** Everything said about a target whose status page is polled, in the order of docs/metrics.md. */
export const targetGroups: readonly FamilyGroup<TargetView>[] = [
  { title: 'Status page', families: statusFamilies },
  { title: 'Verdict', families: verdictFamilies },
  { title: 'Slots', families: slotFamilies },
  { title: 'Between scrapes', families: sampleFamilies },
  ...logGroups,
  { title: 'Slot table', families: slotTableFamilies },
  { title: 'Kernel', families: kernelFamilies },
  { title: 'Connections', families: connectionFamilies },
  { title: 'Processes', families: processFamilies },
  { title: 'Configuration', families: configFamilies },
  { title: 'Compatible with apache_exporter', families: apacheCompatFamilies },
  { title: 'Compatible with nginx-prometheus-exporter', families: nginxCompatFamilies },
];

export const selfGroups: readonly FamilyGroup<SelfView>[] = [
  { title: 'The exporter itself', families: selfFamilies },
];
