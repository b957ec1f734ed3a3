import { expect, test } from 'vitest';
import { renderChain, renderKeepaliveReport } from '../../src/cli/render-keepalive-report.ts';
import { compareLinks } from '../../src/derive/compare-links.ts';
import { findKeepaliveProblems } from '../../src/derive/keepalive-findings.ts';
import type { KeepaliveFacts } from '../../src/snapshot/keepalive-facts.ts';
import type { KeepaliveReport } from '../../src/snapshot/keepalive-report.ts';
import { docBlock } from '../support/doc-blocks.ts';

/** The measured figures of the printed report: an nginx in front of an Apache with keep-alive off. */
const measured = {
  url: 'https://shop.example:8443/',
  address: '127.0.0.1',
  status: 200,
  reuse: {
    http11: 'reused',
    http11WithoutHeader: 'reused',
    http10WithHeader: 'reused',
    http10WithoutHeader: 'closed',
    http2: 'reused',
  },
  connectionHeader: 'keep-alive',
  idle: {
    idleTimeoutSeconds: 20,
    shortestSeconds: 20,
    longestSeconds: 20.01,
    measuredConnections: 4,
    closedWith: 'fin',
    lateRequest: 'reset',
    http2IdleTimeoutSeconds: 20,
  },
  requests: { requestsPerConnection: 1000, closeAnnounced: true },
  http2Requests: { requestsPerConnection: 1000, closeAnnounced: true },
  times: {
    connectSeconds: 0.0103,
    tlsSeconds: 0.0137,
    tlsResumedSeconds: 0.0027,
    firstByteOnNewSeconds: 0.0256,
    firstByteOnReusedSeconds: 0.0029,
  },
  tls: { version: 'TLSv1.2', sessionResumed: true, http2: true },
  cost: { connections: 11, requests: 2016, durationSeconds: 20.3 },
  limits: { maxWaitSeconds: 90, maxRequests: 1001, waiting: 4, timeoutSeconds: 10 },
} as const satisfies Omit<KeepaliveReport, 'findings'>;

const facts: KeepaliveFacts = {
  url: measured.url,
  limits: measured.limits,
  connections: [],
  refused: [],
  startedAt: 0,
  endedAt: 20.3,
  stopped: false,
};

function printed(): string {
  const front: KeepaliveReport = {
    ...measured,
    findings: findKeepaliveProblems(measured, facts),
  };
  const origin: KeepaliveReport = {
    ...front,
    url: 'http://shop.example:8080/',
    reuse: { ...measured.reuse, http11: 'closed' },
    idle: { measuredConnections: 0 },
  };
  return [renderKeepaliveReport(front), renderChain(compareLinks(front, origin))].join('\n');
}

test('docs/check-keepalive.md shows what check-keepalive prints', () => {
  const shown = docBlock('docs/check-keepalive.md', '', 'idle timeout');
  expect(shown.trim()).toBe(printed().trim());
});

test('the README shows lines of it, in order', () => {
  const [, ...lines] = docBlock('README.md', '', '$ keepalive-exporter check-keepalive')
    .split('\n')
    .filter((line) => line !== '');
  const all = printed().split('\n');
  const places = lines.map((line) => all.indexOf(line));
  expect(lines.filter((line) => !all.includes(line))).toEqual([]);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(lines.length).toBeGreaterThan(8);
});
