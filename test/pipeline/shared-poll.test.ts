import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSharedPoll } from '../../src/pipeline/shared-poll.ts';

/** A server that never answers: a poll ends at its deadline, or when it is told to give up. */
function silentServer() {
  let polls = 0;
  const poll = (deadlineMilliseconds: number, giveUp: AbortSignal) => {
    polls += 1;
    const name = `timeout ${polls}`;
    return new Promise<string>((resolve) => {
      setTimeout(() => resolve(name), deadlineMilliseconds);
      giveUp.addEventListener('abort', () => resolve(name));
    });
  };
  return { poll, polls: () => polls };
}

/** A server that answers after so long. */
function slowServer(milliseconds: number) {
  let polls = 0;
  const poll = () => {
    polls += 1;
    return new Promise<string>((resolve) => setTimeout(() => resolve('page'), milliseconds));
  };
  return { poll, polls: () => polls };
}

const mayNeedMoreTime = (view: string) => view.startsWith('timeout');

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('createSharedPoll()', () => {
  test('one poll serves all who ask while it is under way', async () => {
    const { poll, polls } = slowServer(200);
    const shared = createSharedPoll({ poll, mayNeedMoreTime });
    const asked = Promise.all([shared.ask(5000), shared.join(1000), shared.ask(3000)]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toEqual(['page', 'page', 'page']);
    expect(polls()).toBe(1);
  });

  test('after its page has arrived the next one who asks gets a new poll', async () => {
    const { poll, polls } = slowServer(200);
    const shared = createSharedPoll({ poll, mayNeedMoreTime });
    const first = shared.ask(5000);
    shared.pageArrived();
    const second = shared.ask(5000);
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all([first, second])).toEqual(['page', 'page']);
    expect(polls()).toBe(2);
  });

  test('a caller who leaves within a second gets nothing, and the poll continues', async () => {
    const { poll, polls } = slowServer(600);
    const shared = createSharedPoll({ poll, mayNeedMoreTime });
    const early = shared.ask(300);
    const late = shared.ask(2000);
    await vi.advanceTimersByTimeAsync(600);
    expect(await early).toBeUndefined();
    expect(await late).toBe('page');
    expect(polls()).toBe(1);
  });

  test('a caller with more time left than the poll took polls again after a timeout', async () => {
    const server = silentServer();
    const shared = createSharedPoll({ poll: server.poll, mayNeedMoreTime });
    const first = shared.ask(1100).then((view) => {
      shared.pageArrived();
      return view;
    });
    const patient = shared.ask(4000);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await first).toBe('timeout 1');
    await vi.advanceTimersByTimeAsync(2900);
    expect(await patient).toBe('timeout 2');
  });

  test('a caller with hardly more time takes what the first one found', async () => {
    const server = silentServer();
    const shared = createSharedPoll({ poll: server.poll, mayNeedMoreTime });
    const both = Promise.all([shared.ask(1100), shared.ask(1300)]);
    await vi.advanceTimersByTimeAsync(1300);
    expect(await both).toEqual(['timeout 1', 'timeout 1']);
    expect(server.polls()).toBe(1);
  });

  test('close() cancels the current poll, and no other follows', async () => {
    const server = silentServer();
    const shared = createSharedPoll({ poll: server.poll, mayNeedMoreTime });
    const patient = shared.ask(60_000);
    shared.close();
    expect(await patient).toBe('timeout 1');
    expect(server.polls()).toBe(1);
  });
});
