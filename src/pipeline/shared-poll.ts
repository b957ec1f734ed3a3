import { within } from './within.ts';

/** A server that had less time than this to answer has not failed: its caller left too early. */
const shortestPollMilliseconds = 1000;

export interface SharedPollOptions<View> {
  /**
   * Polls the server. Never rejects.
   *
   * @param giveUp ends the poll before its deadline, as if that were reached
   */
  readonly poll: (deadlineMilliseconds: number, giveUp: AbortSignal) => Promise<View>;
  /** Whether more time might have brought another result. */
  readonly mayNeedMoreTime: (view: View) => boolean;
}

/** One poll at a time, shared by all callers that come while it is under way. */
export interface SharedPoll<View> {
  /** The result, by the caller's deadline; undefined when that comes before the server had a second to answer. */
  ask(deadlineMilliseconds: number): Promise<View | undefined>;
  /** The result of the poll under way, or of a new one, whenever it ends. */
  join(deadlineMilliseconds: number): Promise<View>;
  /** The page has arrived: callers from now on start another poll. */
  pageArrived(): void;
  /** Ends the poll under way, and prevents further ones. */
  close(): void;
}

/** A poll under way. */
interface Poll<View> {
  readonly startedAt: number;
  readonly endsAt: number;
  readonly view: Promise<View>;
  readonly giveUp: AbortController;
}

export function createSharedPoll<View>(options: SharedPollOptions<View>): SharedPoll<View> {
  let underWay: Poll<View> | undefined;
  let closed = false;

  const start = (deadlineMilliseconds: number): Poll<View> => {
    const giveUp = new AbortController();
    const startedAt = performance.now();
    const duration = Math.max(deadlineMilliseconds, shortestPollMilliseconds);
    const view = options.poll(duration, giveUp.signal);
    underWay = { startedAt, endsAt: startedAt + duration, giveUp, view };
    return underWay;
  };

  /**
   * The caller with the least time ends a shared poll, once the server has had a second; a caller with more time left
   * polls again, but only if that time exceeds the first poll's duration.
   */
  const share = async (poll: Poll<View>, wantedAt: number): Promise<View | undefined> => {
    const view = isYoung(poll, wantedAt)
      ? await within(poll.view, wantedAt - performance.now())
      : await endingAt(poll, wantedAt);
    if (view === undefined || closed) return view;
    const endedEarly = poll.giveUp.signal.aborted || poll.endsAt < wantedAt;
    const endedAt = performance.now();
    const left = wantedAt - endedAt;
    if (!endedEarly || !options.mayNeedMoreTime(view) || left <= endedAt - poll.startedAt) {
      return view;
    }
    return share(underWay ?? start(left), wantedAt);
  };

  return {
    ask: (deadlineMilliseconds) =>
      share(underWay ?? start(deadlineMilliseconds), performance.now() + deadlineMilliseconds),
    join: (deadlineMilliseconds) => (underWay ?? start(deadlineMilliseconds)).view,
    pageArrived() {
      underWay = undefined;
    },
    close() {
      closed = true;
      underWay?.giveUp.abort();
    },
  };
}

/** Ends a poll at a caller's deadline. */
async function endingAt<View>(poll: Poll<View>, wantedAt: number): Promise<View> {
  const timer = setTimeout(() => poll.giveUp.abort(), Math.max(0, wantedAt - performance.now()));
  return poll.view.finally(() => clearTimeout(timer));
}

/** Whether a caller's deadline comes before the server has had about a second to answer. */
function isYoung(poll: Poll<unknown>, wantedAt: number): boolean {
  return wantedAt - poll.startedAt < shortestPollMilliseconds * 0.9;
}
