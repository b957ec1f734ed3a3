import type { CapacityConfig, TargetConfig } from '../config/schema.ts';
import {
  type AdviceSubject,
  adviceInput,
  type ShownByServer,
  shownByServer,
} from '../derive/advice-input.ts';
import { adviceJson } from '../derive/advice-json.ts';
import { adviseKeepalive } from '../derive/advise-keepalive.ts';
import { type Sampled, type SampledUnder, sampledUnderOthers } from '../derive/samples-since.ts';
import { readMemoryRoom } from '../io/read-memory-room.ts';
import { present } from '../present.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';

/** An advice takes milliseconds to compute, and changes little within minutes. */
const renewMilliseconds = 60_000;
/** Shorter until there is an advice: after a start it soon shows what is still missing. */
const renewUnfinishedMilliseconds = 5000;

export interface AdviceSourceOptions {
  readonly summarizeGaps: (target: string, todaySeconds?: number) => GapSummary | undefined;
  /** Whether the timeout in force is only assumed, from the default of the server. */
  readonly isTimeoutAssumed: (target: string) => boolean;
  readonly configOf: (target: string) => TargetConfig | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic?: () => number;
  /** Reads the memory that more workers could take, for the server that a process belongs to. */
  readonly readMemory?: (pid: number) => Promise<MemoryRoom | undefined>;
}

export interface AdviceSource {
  /** The advice for a target; undefined where no log identifies connections. */
  adviceFor(view: AdviceSubject): Advice | undefined;
  /** Discards every advice, after a reload. */
  forget(): void;
}

/** The answer of `/advice`: each target with its advice, or null where its logs do not identify connections. */
export function showAdvice(subjects: readonly AdviceSubject[], { adviceFor }: AdviceSource) {
  return {
    targets: subjects.map((subject) => {
      const { name, server } = subject.observation.target;
      const advice = adviceFor(subject);
      return { target: name, server, advice: advice === undefined ? null : adviceJson(advice) };
    }),
  };
}

interface Known extends SampledUnder {
  readonly at: number;
  /** Whether the memory of the server had not been read yet. */
  readonly withoutMemory: boolean;
  readonly advice: Advice | undefined;
}

export function createAdviceSource(options: AdviceSourceOptions): AdviceSource {
  const { monotonic = () => performance.now(), readMemory = readMemoryRoom } = options;
  let known = new Map<string, Known>();
  const rooms = new Map<string, MemoryRoom | undefined>();
  const answers = new Map<string, ShownByServer>();
  const renewRoom = async (name: string, { host }: AdviceSubject): Promise<void> => {
    // The processes of a server on another machine are not visible.
    const pid = host?.processes?.pid;
    rooms.set(name, pid === undefined ? undefined : await readMemory(pid));
  };
  return {
    adviceFor(view) {
      const { name } = view.observation.target;
      const shown = shownByServer(view) ?? answers.get(name);
      if (shown !== undefined) answers.set(name, shown);
      const last = known.get(name);
      const now = monotonic();
      const isUnfinished = last?.advice?.kind === 'none' || last?.withoutMemory === true;
      const maximumAge = isUnfinished ? renewUnfinishedMilliseconds : renewMilliseconds;
      if (last !== undefined && now - last.at < maximumAge) return last.advice;
      const summary = options.summarizeGaps(name, timeoutInFile(view));
      const todaySeconds = summary?.todaySeconds;
      const slots = shown?.slots ?? last?.slots;
      const sampledBefore = sampledUnderOthers(view.counters?.samples, last, {
        todaySeconds,
        slots,
      });
      const withoutMemory = !rooms.has(name) && view.host?.processes !== undefined;
      const room = rooms.get(name);
      const advice =
        summary && deriveAdvice(view, { summary, sampledBefore, shown, room, options });
      known.set(name, { at: now, advice, todaySeconds, slots, sampledBefore, withoutMemory });
      // For the next advice: memory changes slowly, and a scrape must not wait for it.
      void renewRoom(name, view);
      return advice;
    },
    forget() {
      // The samples under earlier timeouts are kept.
      known = new Map(
        [...known].map(([name, one]) => [name, { ...one, at: Number.NEGATIVE_INFINITY }]),
      );
    },
  };
}

function timeoutInFile({ config }: AdviceSubject): number | undefined {
  return config?.figures?.keepaliveTimeoutSeconds.value;
}

function configuredSlots({
  slots,
  worker_processes: processes,
  worker_connections: connections,
}: Partial<CapacityConfig>): number | undefined {
  if (slots !== undefined || processes === undefined || connections === undefined) return slots;
  return processes * connections;
}

interface Basis {
  readonly summary: GapSummary;
  readonly sampledBefore: Sampled | undefined;
  readonly shown: ShownByServer | undefined;
  readonly room: MemoryRoom | undefined;
  readonly options: AdviceSourceOptions;
}

function deriveAdvice(
  view: AdviceSubject,
  { summary, sampledBefore, shown, room, options: { configOf, isTimeoutAssumed } }: Basis,
): Advice {
  const { name } = view.observation.target;
  const capacity: Partial<CapacityConfig> = configOf(name)?.capacity ?? {};
  const advice = adviseKeepalive(
    adviceInput(view, summary, {
      ...present({
        slots: configuredSlots(capacity),
        sampledBefore,
        shown,
        threadsPerChild: capacity.threads_per_child,
        asyncFactor: capacity.async_request_worker_factor,
        availableBytes: room?.bytes,
        limitedBy: room?.limitedBy,
      }),
    }),
  );
  if (!isTimeoutAssumed(name)) return advice;
  const assumed = `capacity.keepalive_timeout is not configured: ${summary.todaySeconds} s is the server's default`;
  return { ...advice, restsOn: [...advice.restsOn, assumed] };
}
