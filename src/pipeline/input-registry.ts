import type { InputPlace, LogInput } from '../io/log-input.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { messageOf } from '../result.ts';
import { noSourceStats, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import type { Log } from './log.ts';

/** Requests the lines of an input. Subscriptions with the same key share the input. */
export interface Subscription {
  /** Identifies the input and, where a place belongs to the counts of a target, the target. */
  readonly key: string;
  /** Identifies the place to continue from: the same for the same file, whatever wraps its lines. */
  readonly placeKey: string;
  readonly target: string;
  readonly source: string;
  readonly consume: LineConsumer;
  open(consume: LineConsumer, place: InputPlace | undefined): LogInput;
}

export interface InputView {
  readonly stats: SourceStats;
  readonly condition: SourceCondition;
}

/** Owns every log input. Calls must not overlap. */
export interface InputRegistry {
  /** Closes the inputs that are no longer wanted, then opens new ones. The others keep their descriptor and place. */
  apply(
    subscriptions: readonly Subscription[],
    placeOf: (subscription: Subscription) => InputPlace | undefined,
  ): Promise<void>;
  /** Reads a bounded amount of each input. @returns the keys of those that have more to read at once */
  check(): Promise<ReadonlySet<string>>;
  /** As of the last check. */
  view(key: string): InputView | undefined;
  place(key: string): Promise<InputPlace | undefined>;
  close(): Promise<void>;
}

interface Owned {
  readonly input: LogInput;
  subscribers: readonly Subscription[];
  view: InputView;
  reported: Reported;
}

/** What was last logged about an input. */
interface Reported {
  readonly text: string;
  readonly at: number;
}

const notOpened: InputView = {
  stats: noSourceStats,
  condition: { reason: 'cannot_open', remedy: 'not opened yet' },
};
/** A condition that comes and goes is logged at most this often. */
const repeatSeconds = 3600;

export interface InputRegistryOptions {
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

export function createInputRegistry(options: InputRegistryOptions): InputRegistry {
  return new Inputs(options);
}

class Inputs implements InputRegistry {
  readonly #options: InputRegistryOptions;
  readonly #inputs = new Map<string, Owned>();

  constructor(options: InputRegistryOptions) {
    this.#options = options;
  }

  async apply(
    subscriptions: readonly Subscription[],
    placeOf: (subscription: Subscription) => InputPlace | undefined,
  ): Promise<void> {
    const wanted = groupByKey(subscriptions);
    // Before the first await: datagrams and standard input come at any time.
    for (const [key, subscribers] of wanted) {
      const owned = this.#inputs.get(key);
      if (owned !== undefined) owned.subscribers = subscribers;
    }
    for (const [key, { input }] of this.#inputs) {
      if (wanted.has(key)) continue;
      this.#inputs.delete(key);
      await input.close();
    }
    for (const [key, subscribers] of wanted) {
      const [first] = subscribers;
      if (first === undefined || this.#inputs.has(key)) continue;
      const owned = openOwned(first, placeOf(first));
      owned.subscribers = subscribers;
      this.#inputs.set(key, owned);
    }
  }

  async check(): Promise<ReadonlySet<string>> {
    const more = new Set<string>();
    for (const [key, owned] of this.#inputs) if (await this.#checkOne(owned)) more.add(key);
    return more;
  }

  view(key: string): InputView | undefined {
    return this.#inputs.get(key)?.view;
  }

  async place(key: string): Promise<InputPlace | undefined> {
    return this.#inputs.get(key)?.input.place();
  }

  async close(): Promise<void> {
    for (const { input } of this.#inputs.values()) await input.close();
    this.#inputs.clear();
  }

  async #checkOne(owned: Owned): Promise<boolean> {
    try {
      const more = await owned.input.check();
      const stats = await owned.input.stats();
      this.#logRotations(owned, stats);
      owned.view = { stats, condition: owned.input.condition() };
      this.#logNotices(owned);
      return more;
    } catch (error) {
      const remedy = messageOf(error);
      owned.view = { ...owned.view, condition: { reason: 'cannot_open', remedy } };
      return false;
    } finally {
      owned.reported = this.#logCondition(owned);
    }
  }

  #logRotations({ view, subscribers }: Owned, { rotations }: SourceStats): void {
    const isNew = view === notOpened;
    if (isNew || rotations === view.stats.rotations) return;
    const { target, source } = subscribers[0] ?? {};
    this.#options.log.debug('a log was rotated', { target, source, rotations });
  }

  #logNotices({ input, subscribers }: Owned): void {
    const { target, source } = subscribers[0] ?? {};
    for (const lost of input.takeNotices?.() ?? []) {
      this.#options.log.warn('lines of a log are lost', { target, source, lost });
    }
  }

  #logCondition({ view, reported, subscribers }: Owned): Reported {
    const { log, now } = this.#options;
    const { reason, remedy = '' } = view.condition;
    const isFirst = reported.at === 0;
    const text = reason === 'reading' ? '' : remedy;
    const isRepeated = text === reported.text;
    const isTooSoon =
      !isFirst && reason === 'waiting_for_file' && now() - reported.at < repeatSeconds;
    if (isRepeated || isTooSoon) return isFirst ? { text, at: now() } : reported;
    const { target, source } = subscribers[0] ?? {};
    if (reason === 'reading') log.info('a log is read again', { target, source });
    else log.warn('a log is not read', { target, source, reason, remedy });
    return { text, at: now() };
  }
}

function openOwned(subscription: Subscription, place: InputPlace | undefined): Owned {
  const consume: LineConsumer = (bytes, start, end) => {
    for (const subscriber of owned.subscribers) subscriber.consume(bytes, start, end);
  };
  const input = subscription.open(consume, place);
  const owned: Owned = { input, subscribers: [], view: notOpened, reported: { text: '', at: 0 } };
  return owned;
}

function groupByKey(subscriptions: readonly Subscription[]) {
  const wanted = new Map<string, Subscription[]>();
  for (const subscription of subscriptions) {
    wanted.set(subscription.key, [...(wanted.get(subscription.key) ?? []), subscription]);
  }
  return wanted;
}
