import type { StatusTargetConfig } from '../config/status-target.ts';
import type { ListenerDirectory } from '../io/list-listeners.ts';
import type { KernelReader } from '../io/read-kernel.ts';
import type { ResolveName } from '../io/resolve-name.ts';
import { present } from '../present.ts';
import { createConfigSource } from './config-source.ts';
import { createHoldersSource } from './holders-source.ts';
import { createHostSource } from './host-source.ts';
import { createListenSource } from './listen-source.ts';
import type { Log } from './log.ts';
import { createTarget, type Target } from './observe-target.ts';
import { createPortSource } from './port-source.ts';
import { type Sampler, startSampler } from './sampler.ts';
import { samplingInterval } from './sampling-interval.ts';

export interface TargetSetOptions {
  readonly resolveName: ResolveName;
  /** User-Agent of every request to a server. */
  readonly userAgent?: string;
  /** Absent for probes: nothing is read from this machine's kernel. */
  readonly kernel?: KernelReader;
  /** The listening sockets of this machine; together with `kernel`. */
  readonly listeners?: ListenerDirectory;
  /** Whether the exporter runs in a pod, whose network namespace is its own. */
  readonly inPod?: boolean;
  /** Seconds since a target's error log last reported that no slot was free. */
  readonly logExhaustedSecondsAgo?: (target: string) => number | undefined;
  /** Whether the page is open in a browser. */
  readonly isWatched?: () => boolean;
  readonly log: Log;
  readonly now: () => number;
}

/** The targets of the configuration in force. */
export interface TargetSet {
  all(): readonly Target[];
  byName(name: string): Target | undefined;
  /** Replaces the list. A target whose configuration stays the same keeps its counters. */
  apply(targets: readonly StatusTargetConfig[]): void;
  /** Stops sampling and closes every connection. */
  close(): void;
}

interface Entry {
  /** The configuration as text. A target with the same key keeps its counters. */
  readonly key: string;
  readonly target: Target;
  readonly intervalMilliseconds: number;
  readonly sampler: Sampler;
}

export function createTargetSet(options: TargetSetOptions): TargetSet {
  let entries: ReadonlyMap<string, Entry> = new Map();
  const enter = (config: StatusTargetConfig, intervalMilliseconds: number): Entry => {
    const key = JSON.stringify(config);
    const known = entries.get(config.name);
    if (known?.key === key && known.intervalMilliseconds === intervalMilliseconds) return known;
    const target = known?.key === key ? known.target : createTarget(targetOptions(config, options));
    const sampler = startSampler({ target, intervalMilliseconds });
    return { key, target, intervalMilliseconds, sampler };
  };
  const replaceBy = (next: ReadonlyMap<string, Entry>): void => {
    for (const [name, { target, sampler }] of entries) {
      const kept = next.get(name);
      if (kept?.sampler !== sampler) sampler.stop();
      if (kept?.target !== target) target.close();
    }
    entries = next;
  };
  return {
    all: () => [...entries.values()].map(({ target }) => target),
    byName: (name) => entries.get(name)?.target,
    apply(targets) {
      const interval = (config: StatusTargetConfig) =>
        samplingInterval(config.sampling, targets.length);
      replaceBy(new Map(targets.map((config) => [config.name, enter(config, interval(config))])));
    },
    close: () => replaceBy(new Map()),
  };
}

export function targetOptions(config: StatusTargetConfig, options: TargetSetOptions) {
  return {
    ...options,
    identity: { name: config.name, server: config.server },
    statusUrl: config.status_url,
    timeoutMilliseconds: config.timeout,
    http: config.http,
    capacity: config.capacity,
    observationLane: config.sampling.observation_lane,
    ...hostPart(config, options),
    ...holdersPart(config, options),
    ...configPart(config, options),
    exhaustedSecondsAgo: () => options.logExhaustedSecondsAgo?.(config.name),
  };
}

function hostPart(config: StatusTargetConfig, options: TargetSetOptions) {
  const { kernel, listeners, inPod = false, log } = options;
  if (kernel === undefined || listeners === undefined) return {};
  const { name: target, processes } = config;
  const configFile = config.capacity.config_file;
  const readListen = createListenSource({
    target,
    config,
    directory: listeners,
    inPod,
    log,
    ...present({
      readConfiguredPorts:
        configFile === undefined ? undefined : createPortSource(config.server, configFile),
    }),
  });
  return { readHost: createHostSource({ target, readListen, processes, kernel, log }) };
}

function configPart({ server, capacity }: StatusTargetConfig, { log }: TargetSetOptions) {
  const { config_file: file, cpu_count: cpuCount } = capacity;
  if (file === undefined) return {};
  return { readConfig: createConfigSource({ server, file, cpuCount, log }) };
}

function holdersPart(
  { slot_table, status_url, http, timeout }: StatusTargetConfig,
  { resolveName, userAgent }: TargetSetOptions,
) {
  if (slot_table === undefined) return {};
  return {
    readHolders: createHoldersSource({
      statusUrl: status_url,
      http,
      resolveName,
      ...present({ userAgent }),
      timeoutMilliseconds: timeout,
      intervalMilliseconds: slot_table.interval,
      maskClients: slot_table.mask_clients,
    }),
  };
}
