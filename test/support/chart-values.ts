import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { docBlock, repository } from './doc-blocks.ts';

export const manifests = join(repository, 'deploy/kubernetes');
export const chartReadme = 'deploy/helm/keepalive-exporter/README.md';

/** The configuration of the exporter in an overlay. */
export const readConfig = (overlay: string): object =>
  parse(readFileSync(join(manifests, 'overlays', overlay, 'config.yml'), 'utf8'));

/** Values of the mode sidecar, which has no default configuration. */
export const sidecar = { mode: 'sidecar', config: readConfig('nginx-sidecar') };

/** TLS and a password, as the README has them. */
export const { web } = parse(docBlock(chartReadme, 'yaml', 'existingSecret: exporter-web')) as {
  web: object;
};

/** Without the objects that exist once for each Prometheus and Grafana. */
export const bare = { prometheusRule: { enabled: false }, dashboards: { enabled: false } };
