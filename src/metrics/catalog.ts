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
import { selfFamilies as ownFamilies } from './self-families.ts';
import { slotFamilies } from './slot-families.ts';
import { slotTableFamilies } from './slot-table-families.ts';
import { statusFamilies } from './status-families.ts';
import { verdictFamilies } from './verdict-families.ts';

/** A group of the catalog as docs/metrics.md shows it. */
export interface FamilyGroup<S> {
  readonly title: string;
  readonly families: readonly Family<S>[];
}

/** Counted from logs. A target without a status page has these families too. */
export const logGroups: readonly FamilyGroup<LoggedTarget>[] = [
  { title: 'Access log', families: accessLogFamilies },
  { title: 'Advice', families: adviceFamilies },
  { title: 'Error log', families: errorLogFamilies },
];

const pollGroups: readonly FamilyGroup<TargetView>[] = [
  { title: 'Status page', families: statusFamilies },
  { title: 'Verdict', families: verdictFamilies },
  { title: 'Slots', families: slotFamilies },
  { title: 'Between scrapes', families: sampleFamilies },
];

const surroundingGroups: readonly FamilyGroup<TargetView>[] = [
  { title: 'Slot table', families: slotTableFamilies },
  { title: 'Kernel', families: kernelFamilies },
  { title: 'Connections', families: connectionFamilies },
  { title: 'Processes', families: processFamilies },
  { title: 'Configuration', families: configFamilies },
  { title: 'Compatible with apache_exporter', families: apacheCompatFamilies },
  { title: 'Compatible with nginx-prometheus-exporter', families: nginxCompatFamilies },
];

/** All families of a target whose status page is polled, in the order of docs/metrics.md. */
export const targetGroups: readonly FamilyGroup<TargetView>[] = [
  ...pollGroups,
  ...logGroups,
  ...surroundingGroups,
];

export const selfGroups: readonly FamilyGroup<SelfView>[] = [
  { title: 'The exporter itself', families: ownFamilies },
];

export const logFamilies = familiesOf(logGroups);
export const selfFamilies = familiesOf(selfGroups);

/** The families that come from polls, with or without the names of other exporters. */
export function targetFamilies(compatMetrics: boolean): readonly Family<TargetView>[] {
  return familiesOf([...pollGroups, ...surroundingGroups]).filter(
    ({ compatibleWith }) => compatMetrics || compatibleWith === undefined,
  );
}

function familiesOf<S>(groups: readonly FamilyGroup<S>[]): readonly Family<S>[] {
  return groups.flatMap(({ families }) => families);
}
