import { refusalReasons } from '../snapshot/refused-clients.ts';
import type { SelfView } from '../snapshot/self-view.ts';
import { type Family, family } from './family.ts';
import { figures } from './figures.ts';

const source = 'The exporter itself.';

const figure = figures({
  labels: [],
  series: (view: SelfView) => [{ labels: {}, part: view }],
});

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
  figure({
    name: 'keepalive_exporter_targets',
    help: 'Number of targets in the configuration.',
    source,
    read: ({ targets }) => targets,
  }),
  figure({
    name: 'keepalive_exporter_config_last_reload_successful',
    help: 'Whether the last attempt to load the configuration succeeded (1).',
    source,
    read: ({ configLastReloadSuccessful }) => Number(configLastReloadSuccessful),
  }),
  figure({
    name: 'keepalive_exporter_config_last_reload_success_timestamp_seconds',
    help: 'Unix time at which the configuration was last loaded successfully.',
    source,
    read: ({ configLastReloadSuccessSeconds }) => configLastReloadSuccessSeconds,
  }),
  figure({
    name: 'keepalive_exporter_collector_failures_total',
    type: 'counter',
    help: 'Metric families left out of a scrape because reading them failed. Each is a defect of the exporter.',
    source,
    read: ({ collectorFailures }) => collectorFailures,
  }),
  figure({
    name: 'keepalive_exporter_probes_refused_total',
    type: 'counter',
    help: 'Requests to /probe refused because the configuration does not allow the target.',
    source,
    read: ({ probesRefused }) => probesRefused,
  }),
  family({
    name: 'keepalive_exporter_clients_refused_total',
    type: 'counter',
    help: 'Requests and connections to the exporter that its web configuration refused, by reason. Absent without --web.config.file.',
    labels: ['reason'],
    source,
    samples: ({ clientsRefused }: SelfView) =>
      clientsRefused === undefined
        ? []
        : refusalReasons.map((reason) => ({ labels: { reason }, value: clientsRefused[reason] })),
  }),
  figure({
    name: 'keepalive_exporter_web_config_last_reload_successful',
    help: 'Whether the web configuration and its certificates could be used when they were last read (1). If 0, handshakes use the last certificate that could be. Absent without --web.config.file.',
    source,
    read: ({ webConfigUsable }) =>
      webConfigUsable === undefined ? undefined : Number(webConfigUsable),
  }),
  figure({
    name: 'keepalive_exporter_checkpoint_last_success_timestamp_seconds',
    help: 'Unix time at which the checkpoint (log positions and counts) was last written. Absent without checkpoint.directory.',
    source,
    read: ({ checkpoint }) => checkpoint?.lastSuccessSeconds,
  }),
  figure({
    name: 'keepalive_exporter_checkpoint_failures_total',
    type: 'counter',
    help: 'Checkpoints that could not be written or read, for example because the disk is full, the directory is read-only or the file is damaged. Absent without checkpoint.directory.',
    source,
    read: ({ checkpoint }) => checkpoint?.failures,
  }),
];
