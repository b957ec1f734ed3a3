import type { CapacityConfig, TargetConfig } from '../config/schema.ts';
import { type AdviceSubject, adviceInput, type SampledSlots } from '../derive/advice-input.ts';
import { adviceJson } from '../derive/advice-json.ts';
import { adviseKeepalive } from '../derive/advise-keepalive.ts';
import { readMemoryRoom } from '../io/read-memory-room.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';

/** Working out an advice takes milliseconds, and minutes change nothing about it. */
const renewMilliseconds = 60_000;
/** Whoever has just begun wants to see that something comes of it. */
const renewWithoutAdvice = 5000;

export interface AdviceSourceOptions {
  readonly summarizeGaps: (target: string, todaySeconds?: number) => GapSummary | undefined;
  /** Whether nobody told the timeout in force. */
  readonly isTimeoutAssumed: (target: string) => boolean;
  readonly configOf: (target: string) => TargetConfig | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic?: () => number;
  /** What more workers could take, of the server that a process belongs to. */
  readonly readMemory?: (pid: number) => Promise<MemoryRoom | undefined>;
}

export interface AdviceSource {
  /** The advice for a target; undefined where no log tells connections apart. */
  adviceFor(view: AdviceSubject): Advice | undefined;
  /** After a reload nothing of before holds. */
  forget(): void;
}

/** What `/advice` answers: each target with its advice, and null where its logs do not tell connections apart. */
export function showAdvice(subjects: readonly AdviceSubject[], { adviceFor }: AdviceSource) {
  return {
    targets: subjects.map((subject) => {
      const { name, server } = subject.observation.target;
      const advice = adviceFor(subject);
      return { target: name, server, advice: advice === undefined ? null : adviceJson(advice) };
    }),
  };
}

interface Known {
  readonly at: number;
  readonly todaySeconds: number | undefined;
  /** Samples taken before this timeout was in force. */
  readonly sampledBefore: SampledSlots | undefined;
  /** The memory of the server had not been read yet. */
  readonly withoutMemory: boolean;
  readonly advice: Advice | undefined;
}

export function createAdviceSource(options: AdviceSourceOptions): AdviceSource {
  const { monotonic = () => performance.now(), readMemory = readMemoryRoom } = options;
  let known = new Map<string, Known>();
  const rooms = new Map<string, MemoryRoom | undefined>();
  const renewRoom = async (name: string, { host }: AdviceSubject): Promise<void> => {
    // Only a server whose processes are seen is on this machine.
    const pid = host?.processes?.pid;
    rooms.set(name, pid === undefined ? undefined : await readMemory(pid));
  };
  return {
    adviceFor(view) {
      const { name } = view.observation.target;
      const last = known.get(name);
      const now = monotonic();
      const isUnfinished = last?.advice?.kind === 'none' || last?.withoutMemory === true;
      const rest = isUnfinished ? renewWithoutAdvice : renewMilliseconds;
      if (last !== undefined && now - last.at < rest) return last.advice;
      const summary = options.summarizeGaps(name, timeoutInFile(view));
      const todaySeconds = summary?.todaySeconds;
      const isAnother = last !== undefined && last.todaySeconds !== todaySeconds;
      const sampledBefore = isAnother ? view.counters?.samples.keepaliveSlots : last?.sampledBefore;
      const withoutMemory = !rooms.has(name) && view.host?.processes !== undefined;
      const room = rooms.get(name);
      const advice = summary && workOut(view, { summary, sampledBefore, room, options });
      known.set(name, { at: now, advice, todaySeconds, sampledBefore, withoutMemory });
      // For the next one: it changes slowly, and a scrape must not wait for it.
      void renewRoom(name, view);
      return advice;
    },
    forget() {
      // What was sampled before still was.
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
  readonly sampledBefore: SampledSlots | undefined;
  readonly room: MemoryRoom | undefined;
  readonly options: AdviceSourceOptions;
}

function workOut(
  view: AdviceSubject,
  { summary, sampledBefore, room, options: { configOf, isTimeoutAssumed } }: Basis,
): Advice {
  const { name } = view.observation.target;
  const { threads_per_child, async_request_worker_factor, ...capacity } =
    configOf(name)?.capacity ?? {};
  const slots = configuredSlots(capacity);
  const advice = adviseKeepalive(
    adviceInput(view, summary, {
      ...(slots === undefined ? {} : { slots }),
      ...(sampledBefore === undefined ? {} : { sampledBefore }),
      ...(threads_per_child === undefined ? {} : { threadsPerChild: threads_per_child }),
      ...(async_request_worker_factor === undefined
        ? {}
        : { asyncFactor: async_request_worker_factor }),
      ...(room === undefined ? {} : { availableBytes: room.bytes, limitedBy: room.limitedBy }),
    }),
  );
  if (!isTimeoutAssumed(name)) return advice;
  const assumed = `capacity.keepalive_timeout is not configured: ${summary.todaySeconds} s is the server's default`;
  return { ...advice, restsOn: [...advice.restsOn, assumed] };
}
