import { countFindings } from '../derive/count-findings.ts';
import { type Severity, severities } from '../snapshot/audit.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { keepaliveRequestsLimit, keepaliveTimeout } from './keepalive-settings.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

/** What the server's configuration file contains; docs/audit.md. */
export const configFamilies: readonly Family<TargetView>[] = [
  family({
    ...keepaliveTimeout,
    source:
      'KeepAliveTimeout, keepalive_timeout of capacity.config_file, or the default of the version; else capacity.keepalive_timeout.',
    samples: (view: TargetView) => {
      const audited = view.config?.figures?.keepaliveTimeoutSeconds.value;
      const { seconds, source } = view.logs?.keepaliveTimeout ?? {};
      if (audited !== undefined) return known({ ...labelsOf(view), source: 'config' }, audited);
      return known({ ...labelsOf(view), source: source ?? 'config' }, seconds);
    },
  }),
  family({
    ...keepaliveRequestsLimit,
    source:
      'MaxKeepAliveRequests, keepalive_requests of capacity.config_file, or the default of the version.',
    samples: (view: TargetView) =>
      known(
        { ...labelsOf(view), source: 'config' },
        view.config?.figures?.keepaliveRequests?.value,
      ),
  }),
  family({
    name: 'webserver_config_findings',
    type: 'gauge',
    help: 'Number of audit findings in the configuration file, by severity. Silenced findings do not count. Absent while the file cannot be read.',
    labels: [...targetLabels, 'severity'],
    source: 'capacity.config_file with its includes, read once a minute; docs/checks/.',
    samples: (view: TargetView) =>
      severities.flatMap((severity) =>
        known({ ...labelsOf(view), severity }, countOf(view, severity)),
      ),
  }),
];

function countOf({ config }: TargetView, severity: Severity): number | undefined {
  if (config === undefined || config.problem !== undefined) return undefined;
  return countFindings(config.findings.filter((finding) => finding.severity === severity));
}
