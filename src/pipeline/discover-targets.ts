import { configSchema } from '../config/schema.ts';
import { hasStatusPage, type StatusTargetConfig } from '../config/status-target.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { createTarget } from './observe-target.ts';
import { type TargetSetOptions, targetOptions } from './target-set.ts';

interface Candidate {
  readonly server: ServerKind;
  readonly url: string;
}

/** Usual addresses of status pages; docs/flags.md lists them. The first that answers on a port is used. */
export const discoveryCandidates: readonly Candidate[] = [80, 8080, 8081].flatMap((port) => {
  const origin = `http://127.0.0.1${port === 80 ? '' : `:${port}`}`;
  return [
    { server: 'apache' as const, url: `${origin}/server-status?auto` },
    { server: 'nginx' as const, url: `${origin}/stub_status` },
    { server: 'nginx' as const, url: `${origin}/nginx_status` },
    { server: 'nginx' as const, url: `${origin}/basic_status` },
  ];
});

const discoveryDeadlineMilliseconds = 1500;

/** Polls the usual addresses on this machine and returns a configuration for each server that answered. */
export async function discoverTargets(
  options: TargetSetOptions,
  candidates: readonly Candidate[] = discoveryCandidates,
): Promise<readonly StatusTargetConfig[]> {
  const quiet = { ...options, log: silent };
  const answers = await Promise.all(
    candidates.map(async ({ server, url }) => {
      const config = candidateConfig(server, url);
      const target = createTarget(targetOptions(config, quiet));
      const { observation } = await target.observe(discoveryDeadlineMilliseconds);
      return observation.outcome.kind === 'answered' ? config : undefined;
    }),
  );
  const byName = new Map<string, StatusTargetConfig>();
  for (const found of answers) {
    if (found !== undefined && !byName.has(found.name)) byName.set(found.name, found);
  }
  return [...byName.values()];
}

function candidateConfig(server: ServerKind, url: string): StatusTargetConfig {
  const { port } = new URL(url);
  const target = { name: `localhost:${port || '80'}`, server, status_url: url };
  const [config] = configSchema.parse({ targets: [target] }).targets;
  if (config === undefined || !hasStatusPage(config)) {
    throw new Error('the schema dropped a target or its address');
  }
  return config;
}

const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
