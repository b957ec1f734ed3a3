import { err, type Result } from '../result.ts';
import { scrapeFailure } from './fetch-failure.ts';
import type { FailedFetch, FetchedPage, PageFetcher } from './fetch-page.ts';

/** A fetcher that keeps its own slot, so the status page stays readable when every other slot is taken. */
export interface ObservationLane extends PageFetcher {
  /** Whether a connection stands whose last request was answered. */
  isUp(): boolean;
}

/** Asked once a second, this leaves a full server a quarter of a minute to let the successor in. */
const renewAtRequestsLeft = 15;
const successorDeadlineMilliseconds = 15_000;

type Answer = Result<FetchedPage, FailedFetch>;

interface Successor {
  readonly fetcher: PageFetcher;
  readonly answer: Promise<Answer>;
}

/**
 * The observation lane of a server whose keep-alive model is blocking. A lost connection is opened anew within the
 * same fetch. Before MaxKeepAliveRequests ends the connection a second one is queued: the slot is given up only when
 * the successor has been answered.
 *
 * @param open makes a persisting fetcher
 */
export function createObservationLane(open: () => PageFetcher): ObservationLane {
  let current: PageFetcher | undefined;
  let successor: Successor | undefined;
  let up = false;

  const settle = (fetcher: PageFetcher, answer: Answer): Answer => {
    up = answer.ok && answer.value.kept?.open === true;
    if (!up) {
      fetcher.close();
      if (current === fetcher) current = undefined;
    } else if (current !== fetcher) {
      current?.close();
      current = fetcher;
    }
    const left = answer.ok ? answer.value.kept?.requestsLeft : undefined;
    if (up && left !== undefined && left <= renewAtRequestsLeft) queueSuccessor();
    return answer;
  };

  const queueSuccessor = (): void => {
    if (successor !== undefined) return;
    const fetcher = open();
    const answer = fetcher.fetch(successorDeadlineMilliseconds).then((result) => {
      successor = undefined;
      return result.ok ? settle(fetcher, result) : discard(fetcher, result);
    });
    successor = { fetcher, answer };
  };

  const openAnew = async (
    deadlineMilliseconds: number,
    hurry: AbortSignal | undefined,
  ): Promise<Answer> => {
    if (successor !== undefined) return answerWithin(successor.answer, deadlineMilliseconds);
    current = open();
    return settle(current, await current.fetch(deadlineMilliseconds, hurry));
  };

  return {
    isUp: () => up,
    async fetch(deadlineMilliseconds, hurry) {
      if (current === undefined) return openAnew(deadlineMilliseconds, hurry);
      const startedAt = performance.now();
      const asked = current;
      const answer = settle(asked, await asked.fetch(deadlineMilliseconds, hurry));
      const left = deadlineMilliseconds - (performance.now() - startedAt);
      // A server closes an idle connection whenever it likes: that is no failure of the server.
      return answer.ok || !isLost(answer.error) || left <= 0 ? answer : openAnew(left, hurry);
    },
    close() {
      up = false;
      current?.close();
      successor?.fetcher.close();
      current = undefined;
    },
  };
}

function discard(fetcher: PageFetcher, answer: Answer): Answer {
  fetcher.close();
  return answer;
}

function isLost({ failure }: FailedFetch): boolean {
  return failure.result === 'reset' || failure.result === 'empty_reply';
}

function answerWithin(answer: Promise<Answer>, deadlineMilliseconds: number): Promise<Answer> {
  const timeout = new Promise<Answer>((resolve) => {
    setTimeout(() => resolve(err(unanswered(deadlineMilliseconds))), deadlineMilliseconds).unref();
  });
  return Promise.race([answer, timeout]);
}

function unanswered(deadlineMilliseconds: number): FailedFetch {
  const seconds = deadlineMilliseconds / 1000;
  return {
    failure: scrapeFailure(
      'response_timeout',
      `the observation lane is being renewed and has no answer within ${seconds} s`,
      'every worker is taken; raise MaxRequestWorkers or lower KeepAliveTimeout',
    ),
    timings: { durationSeconds: seconds },
  };
}
