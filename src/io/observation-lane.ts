import { err, type Result } from '../result.ts';
import { scrapeFailure } from './fetch-failure.ts';
import type { FailedFetch, FetchedPage, PageFetcher } from './fetch-page.ts';

/** A fetcher that keeps a connection, and with it a slot. So the status page stays readable when the server is full. */
export interface ObservationLane extends PageFetcher {
  /** Whether a connection is open and its last request was answered. */
  isUp(): boolean;
}

/** With one request per second, a full server has 15 s to accept the successor. */
const renewAtRequestsLeft = 15;
const successorDeadlineMilliseconds = 15_000;

type Answer = Result<FetchedPage, FailedFetch>;

interface Successor {
  readonly fetcher: PageFetcher;
  readonly answer: Promise<Answer>;
}

/**
 * The observation lane of a server in which each connection takes a worker. If the connection is lost, the same fetch
 * opens another one. Before the server ends the connection because of MaxKeepAliveRequests, a second connection (the
 * successor) is opened. The first one is closed only after the successor has been answered.
 *
 * @param open creates a persisting fetcher
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

  const reconnect = async (
    deadlineMilliseconds: number,
    giveUp: AbortSignal | undefined,
  ): Promise<Answer> => {
    if (successor !== undefined) return answerWithin(successor.answer, deadlineMilliseconds);
    current = open();
    return settle(current, await current.fetch(deadlineMilliseconds, giveUp));
  };

  return {
    isUp: () => up,
    async fetch(deadlineMilliseconds, giveUp) {
      if (current === undefined) return reconnect(deadlineMilliseconds, giveUp);
      const startedAt = performance.now();
      const fetcher = current;
      const answer = settle(fetcher, await fetcher.fetch(deadlineMilliseconds, giveUp));
      const left = deadlineMilliseconds - (performance.now() - startedAt);
      // A server may close an idle connection at any time. That is not a failure of the server.
      return answer.ok || !isLost(answer.error) || left <= 0 ? answer : reconnect(left, giveUp);
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
      `the observation lane is being renewed and got no answer within ${seconds} s`,
      'every worker is busy; raise MaxRequestWorkers or lower KeepAliveTimeout',
    ),
    timings: { durationSeconds: seconds },
  };
}
