import type { Readable } from 'node:stream';
import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import type { FileQuota } from '../io/file-quota.ts';
import { openPipeInput } from '../io/named-pipe.ts';
import { openPathInput } from '../io/path-input.ts';
import { openStreamInput } from '../io/stream-input.ts';
import { openSyslogInput } from '../io/syslog-input.ts';
import type { CriStream } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { present } from '../present.ts';
import type { Subscription } from './input-registry.ts';

export type AccessLogConfig = TargetConfig['access_logs'][number];

export function nameOf({ path, syslog, pipe }: AccessLogConfig): string {
  return path ?? syslog ?? pipe ?? 'stdin';
}

export interface SubscribeOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly stdin: Readable;
  readonly quota?: FileQuota;
  readonly consume: LineConsumer;
}

/** Targets share an input that cannot be read twice. A place in a file belongs to the counts of one target. */
export function subscribe(
  source: AccessLogConfig,
  { config, logs, stdin, quota, consume }: SubscribeOptions,
): Subscription {
  const common = { target: config.name, source: nameOf(source), consume };
  const { path, syslog, pipe } = source;
  if (path !== undefined) {
    const { ring } = source;
    const stream = present({ cri: source.cri ? ('stdout' as const) : undefined, quota });
    return subscribePath({ role: 'access', config, logs, path, ring, consume, ...stream });
  }
  if (syslog !== undefined) {
    const open = (take: LineConsumer) => openSyslogInput(syslog, take);
    return { ...common, ...unplaced(`syslog:${syslog}`), open };
  }
  if (pipe !== undefined) {
    return { ...common, ...unplaced(`pipe:${pipe}`), open: (take) => openPipeInput(pipe, take) };
  }
  return { ...common, ...unplaced('stdin'), open: (take) => openStreamInput(stdin, take) };
}

interface PathSubscription {
  readonly role: 'access' | 'error';
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly path: string;
  /** Whether the path is a ring of files. Places in a ring and in a single file are not interchangeable. */
  readonly ring: boolean;
  readonly consume: LineConsumer;
  readonly cri?: CriStream;
  readonly quota?: FileQuota;
}

/** For inputs that cannot be read twice: no place is kept under this key. */
function unplaced(key: string) {
  return { key, placeKey: key };
}

export function subscribePath(wanted: PathSubscription): Subscription {
  const { role, config, logs, path, ring, consume, cri, quota } = wanted;
  const placeKey = JSON.stringify([config.name, role, path, ...(ring ? ['ring'] : [])]);
  return {
    key: `${placeKey} ${cri ?? ''}`,
    placeKey,
    target: config.name,
    source: path,
    consume,
    open: (take, place) =>
      openPathInput({
        pattern: path,
        consume: take,
        start: logs.start,
        isRing: ring,
        ...present({ cri, place, quota }),
      }),
  };
}
