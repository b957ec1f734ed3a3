import { apacheDashboard } from './apache.ts';
import { exporterDashboard } from './exporter.ts';
import type { FinishedDashboard } from './finish-dashboard.ts';
import { fleetDashboard } from './fleet.ts';
import { nginxDashboard } from './nginx.ts';
import { serviceDashboard } from './service.ts';
import { sloDashboard } from './slo.ts';
import { trafficDashboard } from './traffic.ts';
import { tuningDashboard } from './tuning.ts';

/** Every dashboard by the name of its file in dashboards/. */
export const allDashboards: ReadonlyMap<string, FinishedDashboard> = new Map([
  ['fleet', fleetDashboard],
  ['service', serviceDashboard],
  ['apache', apacheDashboard],
  ['nginx', nginxDashboard],
  ['traffic', trafficDashboard],
  ['tuning', tuningDashboard],
  ['slo', sloDashboard],
  ['exporter', exporterDashboard],
]);
