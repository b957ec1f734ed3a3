import { expect, test } from 'vitest';
import { deriveKeepaliveReport } from '../../src/derive/keepalive-report.ts';
import { collect } from '../../src/metrics/collect.ts';
import { keepaliveProbeFamilies } from '../../src/metrics/keepalive-probe-families.ts';
import type { Answer, ConnectionFacts, Exchange } from '../../src/snapshot/keepalive-facts.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';

const kept: Answer = { kind: 'answered', status: 200, persists: true };
const last: Answer = { ...kept, persists: false };

function connection(role: ConnectionFacts['role'], answers: readonly Answer[], endsAt?: number) {
  const exchanges: readonly Exchange[] = answers.map((outcome) => ({
    sentAt: 0,
    endedAt: 0,
    outcome,
  }));
  const end = endsAt === undefined ? {} : { end: { at: endsAt, how: 'fin' as const, unasked: 0 } };
  return { role, dialled: { connectSeconds: 0.001 }, exchanges, ...end };
}

function samplesOf(server: ServerKind, connections: readonly ConnectionFacts[]) {
  const limits = { maxWaitSeconds: 8, maxRequests: 20, waiting: 2, timeoutSeconds: 5 };
  const facts = { url: 'http://a/', refused: [], startedAt: 0, endedAt: 9, stopped: false };
  const report = deriveKeepaliveReport({ ...facts, connections, limits });
  const failures: string[] = [];
  const subjects = [{ target: { name: 'a', server }, report }];
  const families = [...collect(keepaliveProbeFamilies, subjects, (name) => failures.push(name))];
  expect(failures).toEqual([]);
  const value = (name: string) =>
    families.find((family) => family.name === name)?.samples[0]?.value;
  return {
    timeout: value('webserver_keepalive_timeout_seconds'),
    requests: value('webserver_keepalive_requests_limit'),
  };
}

test.each([
  ['apache', 2],
  ['nginx', 3],
] as const)('the limit of %s is counted as its directive counts it', (server, requests) => {
  const connections = [connection('requests', [kept, kept, last]), connection('wait', [kept], 5)];
  expect(samplesOf(server, connections)).toEqual({ timeout: 5, requests });
});

test('the timeout is 0 without keep-alive, and absent if only an error response closed the connection', () => {
  expect(samplesOf('nginx', [connection('requests', [last])])).toEqual({ timeout: 0 });
  expect(samplesOf('nginx', [connection('requests', [{ ...last, status: 503 }])])).toEqual({});
});

test('a limit that was not reached is absent', () => {
  expect(samplesOf('apache', [connection('requests', [kept, kept])])).toEqual({});
});
