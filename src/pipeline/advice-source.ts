import type { TargetConfig } from '../config/schema.ts';
import { type AdviceSubject, adviceInput, type SampledSlots } from '../derive/advice-input.ts';
import { adviceJson } from '../derive/advice-json.ts';
import { adviseKeepalive } from '../derive/advise-keepalive.ts';
import { readAvailableMemory } from '../io/read-available-memory.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';

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
  readonly advice: Advice | undefined;
}

export function createAdviceSource(options: AdviceSourceOptions): AdviceSource {
  const { monotonic = () => performance.now() } = options;
  let known = new Map<string, Known>();
  let availableBytes: number | undefined;
  const readMemory = async (): Promise<void> => {
    availableBytes = await readAvailableMemory();
  };
  void readMemory();
  return {
    adviceFor(view) {
      const { name } = view.observation.target;
      const last = known.get(name);
      const now = monotonic();
      const rest = last?.advice?.kind === 'none' ? renewWithoutAdvice : renewMilliseconds;
      if (last !== undefined && now - last.at < rest) return last.advice;
      const summary = options.summarizeGaps(name, timeoutInFile(view));
      const todaySeconds = summary?.todaySeconds;
      const isAnother = last !== undefined && last.todaySeconds !== todaySeconds;
      const sampledBefore = isAnother ? view.counters?.samples.keepaliveSlots : last?.sampledBefore;
      const advice = summary && workOut(view, { summary, sampledBefore, availableBytes, options });
      known.set(name, { at: now, advice, todaySeconds, sampledBefore });
      // For the next one: it changes slowly, and a scrape must not wait for it.
      void readMemory();
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

interface Basis {
  readonly summary: GapSummary;
  readonly sampledBefore: SampledSlots | undefined;
  readonly availableBytes: number | undefined;
  readonly options: AdviceSourceOptions;
}

function workOut(
  view: AdviceSubject,
  { summary, sampledBefore, availableBytes, options: { configOf, isTimeoutAssumed } }: Basis,
): Advice {
  const { name } = view.observation.target;
  const { slots, threads_per_child, async_request_worker_factor } = configOf(name)?.capacity ?? {};
  const advice = adviseKeepalive(
    adviceInput(view, summary, {
      ...(slots === undefined ? {} : { slots }),
      ...(sampledBefore === undefined ? {} : { sampledBefore }),
      ...(threads_per_child === undefined ? {} : { threadsPerChild: threads_per_child }),
      ...(async_request_worker_factor === undefined
        ? {}
        : { asyncFactor: async_request_worker_factor }),
      // Only a server whose processes are seen is on this machine.
      ...(view.host?.processes === undefined || availableBytes === undefined
        ? {}
        : { availableBytes }),
    }),
  );
  if (!isTimeoutAssumed(name)) return advice;
  const assumed = `capacity.keepalive_timeout is not configured: ${summary.todaySeconds} s is the server's default`;
  return { ...advice, restsOn: [...advice.restsOn, assumed] };
}
