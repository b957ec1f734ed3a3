import { buildDashboard } from './build-dashboard.ts';
import { drillDown } from './links.ts';
import { curves, figure } from './panels/short-forms.ts';
import { selectTargets } from './queries/query.ts';
import { sloQueries } from './queries/slo-queries.ts';
import { meaning, thresholds, unit, windowColors } from './theme.ts';

const slo = sloQueries(selectTargets());

/** Is the promise kept? */
export const sloDashboard = buildDashboard({
  name: 'slo',
  title: 'Keep-alive / Service levels',
  question: 'Is the promise kept, and how much of the budget is left?',
  from: 'now-30d',
  chosenFrom: 'webserver_log_lines_total',
  extra: 'service levels',
  glance: [
    figure({
      title: 'Availability',
      query: slo.availability,
      shown: 'value and name',
      unit: unit.ratio,
      decimals: 3,
      thresholds: thresholds.none,
      shows: 'Share of responses without 5xx in the chosen time, of the worst service.',
      bad: 'below the objective.',
    }),
    figure({
      title: 'Error budget',
      query: slo.availabilityBudget,
      shown: 'value and name',
      unit: unit.ratio,
      thresholds: thresholds.budgetLeft,
      shows: 'Share of the allowed errors that is left, of the service with the least.',
      bad: 'below 0: the objective is missed. See which service burns fastest.',
    }),
    figure({
      title: 'Fast requests',
      query: slo.fast,
      shown: 'value and name',
      unit: unit.ratio,
      decimals: 3,
      thresholds: thresholds.none,
      shows: 'Share of requests within the latency target, of the worst service.',
      bad: 'below the objective.',
    }),
    figure({
      title: 'Slow budget',
      query: slo.latencyBudget,
      shown: 'value and name',
      unit: unit.ratio,
      thresholds: thresholds.budgetLeft,
      shows: 'Share of the allowed slow requests that is left, of the service with the least.',
      bad: 'below 0: the objective is missed.',
    }),
    figure({
      title: 'Burn rate',
      query: slo.burnNow,
      unit: unit.factor,
      decimals: 1,
      thresholds: thresholds.burnRate,
      shown: 'value and name',
      shows:
        'The service that spent its error budget fastest in the last hour. A burn rate of 1 spends exactly the budget.',
      bad: 'over 14.4: this is a page. Check its last change and its upstream.',
    }),
    figure({
      title: 'Time not full',
      query: slo.room,
      shown: 'value and name',
      unit: unit.ratio,
      decimals: 3,
      thresholds: thresholds.room,
      shows: 'Share of samples with a slot for a new visitor, of the worst service.',
      bad: 'below the objective: visitors waited, although no log shows it.',
    }),
    curves({
      title: 'Burn rate: errors',
      queries: [slo.burn5m, slo.burn1h, slo.burn6h, slo.burn1d],
      unit: unit.factor,
      thresholds: thresholds.burnRate,
      colors: windowColors,
      shows:
        'Burn rate of the worst service by window, as in the alerts. At 1, its error budget lasts exactly for its period.',
      bad: 'a long and a short window above the line together.',
    }),
    curves({
      title: 'Burn rate: slow requests',
      queries: [slo.slowBurn1h, slo.slowBurn6h, slo.slowBurn1d],
      colors: windowColors,
      unit: unit.factor,
      thresholds: thresholds.burnRate,
      shows:
        'Burn rate of the worst service by window, as in the alerts, for the latency target of the alerts. At 1, its budget lasts exactly for its period.',
      bad: 'above the line. Compare latency with the upstream.',
    }),
  ],
  details: [
    {
      title: 'By target',
      panels: [
        curves({
          title: 'Availability',
          worst: 'lowest',
          queries: [slo.availabilityOverTime],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Share of responses without 5xx in the hour before each point.',
          bad: 'below the objective.',
          links: [drillDown('traffic', 'Traffic')],
        }),
        curves({
          title: 'Fast requests',
          worst: 'lowest',
          queries: [slo.fastOverTime],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Share of requests within the latency target in the hour before each point.',
          bad: 'below the objective.',
        }),
        curves({
          title: 'Time not full',
          worst: 'lowest',
          queries: [slo.roomOverTime],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Share of samples with a free slot in the hour before each point.',
          bad: 'dips: the server was full for seconds.',
        }),
        curves({
          title: 'Burn rates: other windows',
          queries: [slo.burn30m, slo.burn3d, slo.slowBurn3d],
          colors: {
            'errors, 30 m': meaning.bad,
            'errors, 3 d': meaning.warning,
            'slow requests, 3 d': meaning.neutral,
          },
          unit: unit.factor,
          thresholds: thresholds.slowBurnRate,
          shows: 'Burn rates over 30 minutes and 3 days.',
          bad: 'above 1 for days: the budget is spent slowly, which is a ticket and no page.',
        }),
      ],
    },
    {
      title: 'Volume',
      panels: [
        curves({
          title: 'Responses',
          queries: [slo.volume],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses per second. The other panels show shares of these.',
          bad: 'so few that a single error is a large share.',
        }),
        curves({
          title: 'Failures',
          queries: [slo.failures],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses 5xx per second.',
          bad: 'anything that lasts.',
        }),
      ],
    },
  ],
});
