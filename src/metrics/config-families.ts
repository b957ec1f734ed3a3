import { type ConfigFigures, severities } from '../snapshot/audit.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

/** What the server's configuration file says; docs/audit.md. */
export const configFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_keepalive_timeout_seconds',
    type: 'gauge',
    help: 'How long an idle connection of a visitor is kept; 0 when keep-alive is off. Of the first virtual host. Source default: nobody told, and the advice takes it for that of the server as delivered.',
    labels: [...targetLabels, 'source'],
    source:
      'KeepAliveTimeout, keepalive_timeout of capacity.config_file, or the default of the version; else capacity.keepalive_timeout.',
    samples: (view: TargetView) => {
      const audited = view.config?.figures?.keepaliveTimeoutSeconds.value;
      const { seconds, source } = view.logs?.keepaliveTimeout ?? {};
      if (audited !== undefined) return known({ ...labelsOf(view), source: 'config' }, audited);
      return known({ ...labelsOf(view), source: source ?? 'config' }, seconds);
    },
  }),
  figure({
    name: 'webserver_keepalive_requests_limit',
    help: 'Requests after which a connection is closed, as the directive counts them (Apache answers one more); 0 when there is no limit. Of the first virtual host.',
    source:
      'MaxKeepAliveRequests, keepalive_requests of capacity.config_file, or the default of the version.',
    read: ({ keepaliveRequests }) => keepaliveRequests?.value,
  }),
  family({
    name: 'webserver_config_findings',
    type: 'gauge',
    help: 'What the audit of the configuration file finds, by severity; silenced findings are not counted.',
    labels: [...targetLabels, 'severity'],
    source: 'capacity.config_file with its includes, read once a minute; docs/checks/.',
    samples: (view: TargetView) =>
      severities.flatMap((severity) =>
        known(
          { ...labelsOf(view), severity },
          view.config?.findings.filter((finding) => finding.severity === severity).length,
        ),
      ),
  }),
];

interface FigureRow {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (figures: ConfigFigures) => number | undefined;
}

function figure({ read, ...row }: FigureRow): Family<TargetView> {
  return family({
    ...row,
    type: 'gauge',
    labels: [...targetLabels, 'source'],
    samples: (view: TargetView) => {
      const figures = view.config?.figures;
      const value = figures === undefined ? undefined : read(figures);
      return known({ ...labelsOf(view), source: 'config' }, value);
    },
  });
}
