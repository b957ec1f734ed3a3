import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Select } from './queries/query.ts';
import { meaning } from './theme.ts';
import { datasource } from './variables.ts';

/** Events of the servers, drawn across every panel: often the cause of a change in a curve. */
export function buildAnnotations(select: Select): cog.Builder<AnnotationQuery>[] {
  return [
    // The value is the time itself, so a restart is drawn at its time, whatever the scrape interval.
    event({
      name: 'Restarts',
      expr: `${select('webserver_start_time_seconds')} * 1000`,
      color: meaning.neutral,
      title: 'Started',
    }).useValueForTime(true),
    event({
      name: 'Configuration',
      expr: `changes(${select('webserver_config_generation')}[$__rate_interval]) > 0`,
      color: meaning.baseline,
      title: 'Configuration loaded (graceful restart)',
    }),
    event({
      name: 'Full',
      expr: `${select('webserver_exhausted')} == 1`,
      color: meaning.bad,
      title: 'No slot for a new visitor',
    }),
  ];
}

interface Event {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  readonly title: string;
}

function event({ name, expr, color, title }: Event): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .expr(expr)
    .step('30s')
    .iconColor(color)
    .titleFormat(title)
    .textFormat('{{target}} ({{instance}})')
    .tagKeys('target,server');
}
