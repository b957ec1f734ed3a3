import { expect, test } from 'vitest';
import { type AnswerKnowledge, deriveUnanswered } from '../../src/derive/unanswered.ts';
import { scrapeResults } from '../../src/snapshot/scrape.ts';
import { answeredWith, failedWith, fullPreforkConnections } from '../support/page-view.ts';

const answered = answeredWith(5);
const uncertain = { evidence: [] };
const waitingFor = (oldestQueuedSeconds: number) => ({
  ...fullPreforkConnections,
  oldestQueuedSeconds,
});

const rows: readonly (readonly [string, AnswerKnowledge, boolean | undefined])[] = [
  ['a page', { outcome: answered, verdict: { exhausted: false, evidence: [] } }, false],
  [
    'a page, but the server is full',
    { outcome: answered, verdict: { exhausted: true, evidence: ['no_idle_slot'] } },
    true,
  ],
  [
    'a page, but a visitor has waited for a second',
    { outcome: answered, verdict: uncertain, connections: waitingFor(1) },
    true,
  ],
  [
    'a page, and a visitor has waited for less than a second',
    { outcome: answered, verdict: uncertain, connections: waitingFor(0.9) },
    false,
  ],
  [
    'a page, and no visitor waits',
    { outcome: answered, verdict: uncertain, connections: fullPreforkConnections },
    false,
  ],
  [
    'no name, but the server is full by the kernel',
    {
      outcome: failedWith('dns'),
      verdict: { exhausted: true, evidence: ['accept_queue'] },
    },
    true,
  ],
];

test.each(rows)('deriveUnanswered() of %s', (_, knowledge, expected) => {
  expect(deriveUnanswered(knowledge)).toBe(expected);
});

test('deriveUnanswered() knows for each failed poll whether a visitor would get an answer', () => {
  const failures = scrapeResults.filter((result) => result !== 'ok');
  const ofFailure = failures.map((result) => [
    result,
    deriveUnanswered({ outcome: failedWith(result), verdict: uncertain }),
  ]);
  expect(Object.fromEntries(ofFailure)).toEqual({
    // The poll did not reach the server.
    dns: undefined,
    other: undefined,
    // The server did not answer.
    connect_timeout: true,
    response_timeout: true,
    reset: true,
    empty_reply: true,
    // It is down, or it answered with something else.
    refused: false,
    tls: false,
    http_status: false,
    not_a_status_page: false,
    too_large: false,
  });
});
