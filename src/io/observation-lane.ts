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
  return new Lane(open);
}

class Lane implements ObservationLane {
  readonly #openFetcher: () => PageFetcher;
  #current: PageFetcher | undefined;
  #successor: Successor | undefined;
  #isUp = false;

  constructor(open: () => PageFetcher) {
    this.#openFetcher = open;
  }

  isUp(): boolean {
    return this.#isUp;
  }

  async fetch(deadlineMilliseconds: number, giveUp?: AbortSignal): Promise<Answer> {
    const fetcher = this.#current;
    if (fetcher === undefined) return this.#reconnect(deadlineMilliseconds, giveUp);
    const startedAt = performance.now();
    const answer = this.#settle(fetcher, await fetcher.fetch(deadlineMilliseconds, giveUp));
    const left = deadlineMilliseconds - (performance.now() - startedAt);
    // A server may close an idle connection at any time. That is not a failure of the server.
    if (answer.ok || !isLost(answer.error) || left <= 0) return answer;
    return this.#reconnect(left, giveUp);
  }

  close(): void {
    this.#isUp = false;
    this.#current?.close();
    this.#successor?.fetcher.close();
    this.#current = undefined;
  }

  async #reconnect(deadlineMilliseconds: number, giveUp?: AbortSignal): Promise<Answer> {
    const successor = this.#successor;
    if (successor !== undefined) return answerWithin(successor.answer, deadlineMilliseconds);
    const fetcher = this.#openFetcher();
    this.#current = fetcher;
    return this.#settle(fetcher, await fetcher.fetch(deadlineMilliseconds, giveUp));
  }

  /** Keeps the connection of an answer if the server leaves it open, and closes any other. */
  #settle(fetcher: PageFetcher, answer: Answer): Answer {
    const kept = answer.ok ? answer.value.kept : undefined;
    this.#isUp = kept?.open === true;
    if (!this.#isUp) {
      fetcher.close();
      if (this.#current === fetcher) this.#current = undefined;
      return answer;
    }
    if (this.#current !== fetcher) this.#current?.close();
    this.#current = fetcher;
    const left = kept?.requestsLeft ?? Number.POSITIVE_INFINITY;
    if (left <= renewAtRequestsLeft) this.#queueSuccessor();
    return answer;
  }

  #queueSuccessor(): void {
    if (this.#successor !== undefined) return;
    const fetcher = this.#openFetcher();
    const answer = fetcher.fetch(successorDeadlineMilliseconds).then((result) => {
      this.#successor = undefined;
      return result.ok ? this.#settle(fetcher, result) : discard(fetcher, result);
    });
    this.#successor = { fetcher, answer };
  }
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
