import { fromRow } from '../links.ts';
import { adviceQueries } from '../queries/advice-queries.ts';
import type { Select } from '../queries/query.ts';
import { meaning, thresholds, unit } from '../theme.ts';
import type { PanelBuilder } from './panel.ts';
import { type Column, tablePanel } from './table-panel.ts';

/** One row for each server: what is in force, and what the advice is. */
export function adviceTable(select: Select): PanelBuilder {
  return tablePanel({
    title: 'Advised settings',
    shows: 'Keep-alive timeout and slots of each server, in force and advised.',
    bad: 'CHANGE. keepalive-exporter advise shows the directives and their effect. A dash: not known, or no advice.',
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'no target is scraped',
    width: 24,
    height: 7,
    labels: { target: 'Target', server: 'Server', instance: 'Exporter' },
    shortLabel: 'Server',
    sortBy: ['Change', 'Timeout'],
    rowLinks: fromRow,
    columns: columnsOf(select),
  });
}

function columnsOf(select: Select): readonly Column[] {
  const queries = adviceQueries(select);
  const plain = { thresholds: thresholds.none } as const;
  // A timeout of 0 is KeepAlive Off.
  const timeout = {
    ...plain,
    unit: unit.seconds,
    words: [{ text: 'off', color: meaning.neutral }],
    width: 90,
  } as const;
  return [
    {
      name: 'Change',
      query: queries.changeColumn,
      unit: unit.text,
      ...plain,
      words: [
        { text: 'as advised', color: meaning.neutral },
        { text: 'CHANGE', color: meaning.warning },
      ],
      width: 100,
    },
    { name: 'Timeout', query: queries.timeoutColumn, ...timeout },
    { name: 'Advised', query: queries.advisedColumn, ...timeout },
    { name: 'Slots', query: queries.slotsColumn, unit: unit.count, ...plain, width: 70 },
    {
      name: 'Advised slots',
      query: queries.advisedSlotsColumn,
      unit: unit.count,
      ...plain,
      width: 110,
    },
    {
      name: 'Reuse',
      query: queries.reuseColumn,
      unit: unit.count,
      thresholds: thresholds.requestsPerConnection,
      width: 70,
    },
  ];
}
