import { fromRow } from '../links.ts';
import { fleetQueries } from '../queries/fleet-queries.ts';
import type { Select } from '../queries/query.ts';
import { targetStates, thresholds, unit } from '../theme.ts';
import type { PanelBuilder } from './panel.ts';
import { type Column, tablePanel } from './table-panel.ts';

/** One row for each server, full servers first. */
export function serversTable(select: Select, height: number): PanelBuilder {
  return tablePanel({
    title: 'Servers, the full ones first',
    shows:
      'The current state of each server, and its highest saturation in the chosen time. A full server counts as 100 %.',
    bad: 'FULL. With many idle clients, shorten the keep-alive timeout; with few, requests are slow. Click the name for details.',
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'no target is scraped',
    width: 24,
    height,
    labels: { target: 'Target', server: 'Server', instance: 'Exporter' },
    shortLabel: 'Server',
    sortBy: ['State', 'Saturation'],
    rowLinks: fromRow,
    columns: columnsOf(select),
  });
}

function columnsOf(select: Select): readonly Column[] {
  const queries = fleetQueries(select);
  const ratio = { unit: unit.ratio, thresholds: thresholds.saturation } as const;
  return [
    {
      name: 'State',
      query: queries.stateColumn,
      unit: unit.text,
      thresholds: thresholds.none,
      words: targetStates,
      width: 130,
    },
    { name: 'Saturation', query: queries.saturationColumn, ...ratio, width: 100 },
    {
      name: 'Idle clients',
      query: queries.keepaliveColumn,
      unit: unit.ratio,
      thresholds: thresholds.keepaliveOccupancy,
      width: 90,
    },
    {
      name: 'In queue',
      query: queries.waitingColumn,
      unit: unit.count,
      thresholds: thresholds.waiting,
      width: 75,
    },
    { name: 'Highest', query: queries.highestColumn, ...ratio, width: 75 },
    {
      name: 'Requests/s',
      query: queries.requestColumn,
      unit: unit.requestsPerSecond,
      thresholds: thresholds.none,
      width: 95,
    },
    {
      name: '5xx',
      query: queries.errorColumn,
      unit: unit.ratio,
      thresholds: thresholds.errorShare,
      width: 60,
    },
  ];
}
