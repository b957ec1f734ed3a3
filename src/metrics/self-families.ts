import type { SelfView } from '../snapshot/self-view.ts';
import { type Family, family } from './family.ts';

/** The exporter about itself. */
export const selfFamilies: readonly Family<SelfView>[] = [
  family({
    name: 'keepalive_exporter_build_info',
    type: 'gauge',
    help: 'Version of the exporter and of Node.js; always 1.',
    labels: ['version', 'nodejs'],
    source: 'package.json; process.version.',
    samples: ({ version, nodeVersion }: SelfView) => [
      { labels: { version, nodejs: nodeVersion }, value: 1 },
    ],
  }),
  plain('keepalive_exporter_targets', 'Targets of the configuration.', ({ targets }) => targets),
  plain(
    'keepalive_exporter_config_last_reload_successful',
    'Whether the configuration was accepted when it was last read.',
    ({ configLastReloadSuccessful }) => (configLastReloadSuccessful ? 1 : 0),
  ),
  plain(
    'keepalive_exporter_config_last_reload_success_timestamp_seconds',
    'Unix time at which a configuration was last accepted.',
    ({ configLastReloadSuccessSeconds }) => configLastReloadSuccessSeconds,
  ),
  family({
    name: 'keepalive_exporter_collector_failures_total',
    type: 'counter',
    help: 'Metric families left out of an answer because reading them failed: a defect of the exporter.',
    labels: [],
    source: 'The exporter itself.',
    samples: ({ collectorFailures }: SelfView) => [{ labels: {}, value: collectorFailures }],
  }),
  family({
    name: 'keepalive_exporter_probes_refused_total',
    type: 'counter',
    help: 'Requests to /probe refused because the configuration does not allow the target.',
    labels: [],
    source: 'The exporter itself.',
    samples: ({ probesRefused }: SelfView) => [{ labels: {}, value: probesRefused }],
  }),
];

function plain(name: string, help: string, read: (view: SelfView) => number): Family<SelfView> {
  return family({
    name,
    type: 'gauge',
    help,
    labels: [],
    source: 'The exporter itself.',
    samples: (view: SelfView) => [{ labels: {}, value: read(view) }],
  });
}
