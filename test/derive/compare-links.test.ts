import { describe, expect, test } from 'vitest';
import { compareLinks } from '../../src/derive/compare-links.ts';
import { deriveKeepaliveReport } from '../../src/derive/keepalive-report.ts';
import type { IdleFigures, KeepaliveReport, Reuse } from '../../src/snapshot/keepalive-report.ts';

const empty = deriveKeepaliveReport({
  url: 'http://empty/',
  connections: [],
  refused: [],
  limits: { maxWaitSeconds: 10, maxRequests: 100, waiting: 4, timeoutSeconds: 5 },
  startedAt: 0,
  endedAt: 10,
  stopped: false,
});

interface Seen {
  readonly http11?: Reuse;
  readonly http10?: Reuse;
  readonly idle?: Partial<IdleFigures>;
}

function report(
  url: string,
  { http11 = 'reused', http10 = 'reused', idle }: Seen,
): KeepaliveReport {
  const reuse = { ...empty.reuse, http11, http10WithoutHeader: http10 };
  return { ...empty, url, reuse, idle: { measuredConnections: 0, ...idle } };
}

const compare = (front: Seen, origin: Seen) =>
  compareLinks(report('http://front/', front), report('http://origin/', origin));

const messages = (front: Seen, origin: Seen) =>
  compare(front, origin).findings.map(({ id, message }) => `${id}: ${message}`);

describe('compareLinks()', () => {
  test('shows each link with what the server at its end allows', () => {
    expect(compare({ http11: 'closed' }, { http11: 'reused' }).links).toEqual([
      { from: 'visitor', to: 'http://front/', reuse: 'closed' },
      { from: 'http://front/', to: 'http://origin/', reuse: 'reused' },
    ]);
  });

  test('names the link that breaks reuse, and that the other one does not', () => {
    expect(messages({ http11: 'closed' }, {})).toEqual([
      'front-breaks-reuse: the link from the visitor to http://front/ breaks reuse; the origin keeps connections',
    ]);
    expect(messages({}, { http11: 'closed' })).toEqual([
      'origin-breaks-reuse: the link from http://front/ to http://origin/ breaks reuse; the front keeps connections',
    ]);
    expect(messages({ http11: 'closed' }, { http11: 'closed' })).toEqual([
      'front-breaks-reuse: the link from the visitor to http://front/ breaks reuse',
      'origin-breaks-reuse: the link from http://front/ to http://origin/ breaks reuse',
    ]);
    expect(messages({ http11: 'unknown' }, { http11: 'unknown' })).toEqual([]);
  });

  test('warns of an origin that closes no later than the front, and of no other', () => {
    const closing = (idleTimeoutSeconds: number) => ({ idle: { idleTimeoutSeconds } });
    expect(messages(closing(5), closing(5))).toEqual([
      'origin-closes-first: the origin closes idle connections after 5.0 s, the front keeps them 5.0 s',
    ]);
    expect(messages({ idle: { atLeastSeconds: 10 } }, closing(5))).toEqual([
      'origin-closes-first: the origin closes idle connections after 5.0 s, the front keeps them at least 10.0 s',
    ]);
    expect(messages(closing(5), closing(5.1))).toEqual([]);
    expect(messages({}, closing(5))).toEqual([]);
    expect(messages(closing(5), { idle: { atLeastSeconds: 3 } })).toEqual([]);
  });

  test('reports an origin that closes only connections of HTTP/1.0', () => {
    expect(messages({}, { http10: 'closed' })).toEqual([
      expect.stringContaining('origin-needs-http11'),
    ]);
    expect(messages({}, { http10: 'unknown' })).toEqual([]);
    expect(messages({}, { http11: 'unknown', http10: 'closed' })).toEqual([]);
  });
});
