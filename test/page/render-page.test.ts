import { describe, expect, test } from 'vitest';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import { pageContentSecurityPolicy } from '../../src/page/csp.ts';
import type { PageModel, PageTarget } from '../../src/page/model.ts';
import { renderPage } from '../../src/page/render-page.ts';
import { isReading } from '../../src/snapshot/log-source.ts';
import type { ObservationOutcome } from '../../src/snapshot/target-view.ts';
import {
  answeredWith,
  exhaustedTarget,
  failedWith,
  targetOf,
  viewOf,
} from '../support/page-view.ts';

const hostile = `"><script>alert(1)</script>'\u202e&`;

const snapshot = { kind: 'nginx', active: 12, reading: 1, writing: 2, waiting: 9 } as const;

const answered: ObservationOutcome = {
  kind: 'answered',
  snapshot,
  figures: deriveNginxSlots(snapshot, { slots: 24 }),
  version: hostile,
};

const unread = {
  readBytes: 0,
  skippedBytes: 0,
  lagBytes: 0,
  rotations: 0,
  tooLongLines: 0,
};

const view = viewOf;

const findingOf = (text: string) => ({
  id: 'keepalive-off',
  server: 'nginx' as const,
  severity: 'warning' as const,
  what: text,
  at: { file: text, line: 7 },
  effective: text,
  origin: text,
  advised: text,
  why: text,
  fix: [text],
});

function page(target: Partial<PageTarget> = {}, model: Partial<PageModel> = {}): string {
  return renderPage({
    exporter: { version: '1.2.3', startTimeSeconds: 0 },
    nowSeconds: 1000,
    links: [{ href: '/metrics', label: 'Metrics' }],
    targets: [{ identity: { name: 'edge', server: 'nginx' }, ...target }],
    ...model,
  });
}

describe('renderPage()', () => {
  test('shows states, limit and ratios of a target that answered', () => {
    const text = page({ view: view(answered) });
    expect(text).toContain('<b>24</b> connections');
    expect(text).toContain('keep-alive <b>9</b>');
    expect(text).toContain('37.5%');
    expect(text).toContain('Polled 10 s ago');
  });

  test('shows the first ten findings of the configuration audit', () => {
    const findings = Array.from({ length: 12 }, (_, at) => findingOf(`finding ${at}`));
    const text = page({ view: view(answered, { config: { findings } }) });
    expect(text).toContain('Findings in the configuration');
    expect(text).toContain('finding 9:7');
    expect(text).not.toContain('finding 10:7');
    expect(text).toContain('2 more findings in the configuration');
    const info = page({
      view: view(answered, { config: { findings: [{ ...findingOf('minor'), severity: 'info' }] } }),
    });
    expect(info).not.toContain('minor');
    expect(info).toContain(
      '1 finding in the configuration. To list them, run: keepalive-exporter audit',
    );
    expect(page({ view: view(answered, { config: { findings: [] } }) })).not.toContain('Findings');
  });

  test('shows why the configuration cannot be audited, also while the server does not answer', () => {
    const problem = '/etc/nginx/nginx.conf: cannot be read: <permission denied>';
    const config = { findings: [], problem };
    const failure = { result: 'response_timeout', message: 'm', remedy: 'r' } as const;
    for (const observed of [answered, { kind: 'failed', failure } as const]) {
      expect(page({ view: view(observed, { config }) })).toContain(
        'The configuration cannot be audited: /etc/nginx/nginx.conf: cannot be read: &#60;permission denied&#62;',
      );
    }
  });

  test('shows what failed and what to do, with the last known figures', () => {
    const failure = { result: 'refused', message: 'nobody listens', remedy: 'start it' } as const;
    const text = page({
      view: view({ kind: 'failed', failure }),
      lastAnswered: view(answered).observation,
    });
    expect(text).toContain('nobody listens');
    expect(text).toContain('start it');
    expect(text).toMatch(
      /Last known values, 10 s ago \(1970-01-01 00:16:30 UTC\): .*keep-alive slot occupancy 37\.5%/,
    );
    expect(text).not.toContain('class="ratios"');
    expect(text).toContain('(1 down)');
  });

  const failure = { result: 'other', message: 'm', remedy: 'r' } as const;
  const failed = (words: object) => view({ kind: 'failed', failure: { ...failure, ...words } });

  test.each([
    ['name', { identity: { name: hostile, server: 'nginx' } }],
    ['version', { view: view(answered) }],
    ['address', { address: hostile }],
    ['message', { view: failed({ message: hostile }) }],
    ['remedy', { view: failed({ remedy: hostile }) }],
    ['finding', { view: view(answered, { config: { findings: [findingOf(hostile)] } }) }],
    ['client', { slotHolders: [{ client: hostile, slots: 1 }] }],
    [
      'log remedy',
      {
        logSources: [
          { source: 'a', stats: unread, condition: { reason: 'cannot_open', remedy: hostile } },
        ],
      },
    ],
    ['log', { logSources: [{ source: hostile, stats: unread, condition: isReading }] }],
  ] as const)('D5 shows a hostile %s as text, and unmasks reordering characters', (_, target) => {
    const text = page(target);
    expect(text).toContain('&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#39;\uFFFD&#38;');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('\u202e');
  });

  test('escapes the hint', () => {
    const hint = { title: hostile, paragraphs: [hostile], example: hostile };
    expect(page({}, { hint })).not.toContain('<script>alert');
  });

  test('shows an exhausted server with its evidence, even if its status page does not answer', () => {
    const failure = { result: 'response_timeout', message: 'no answer', remedy: 'wait' } as const;
    const text = page({
      view: view({ kind: 'failed', failure }),
      verdict: { exhausted: true, evidence: ['connected_but_unanswered', 'accept_queue'] },
    });
    expect(text).toContain('Exhausted');
    expect(text).toContain('connections get no answer, clients wait in the accept queue');
  });

  test('shows an exhausted server first and full, with the clients and the source of the slots', () => {
    const calm = targetOf('calm', { view: view(answeredWith(1)) });
    const text = page({}, { targets: [calm, exhaustedTarget] });
    expect(text).toMatch(
      /Highest worker saturation<\/p><p class="value"><span class="ratio high">100\.0%/,
    );
    expect(text.indexOf('>full</h2>')).toBeLessThan(text.indexOf('>calm</h2>'));
    expect(text).toContain('From the kernel’s socket data; the status page did not answer.');
    expect(text).toContain('<rect class="state-keepalive"');
    expect(text).not.toContain('Last known');
    expect(text).toContain('<dt>Most held by one client</dt><dd>4</dd>');
    expect(text).toContain('<dt>Oldest idle</dt><dd class="oldest-idle">42 s</dd>');
    expect(text).toContain('<dt>Waiting in the accept queue</dt><dd>4</dd>');
    expect(text).toContain('5 idle keep-alive, 1 sending a request or being served, 4 waiting');
  });

  test('shows that visitors get no answer if the cause is unknown', () => {
    const silent = view(failedWith('response_timeout'), { unanswered: true });
    expect(page({ view: silent })).toContain('Visitors get no answer, and the cause is unknown.');
    const gone = view(failedWith('refused'), { unanswered: true });
    expect(page({ view: gone })).not.toContain('Visitors get no answer');
  });

  test('does not show "Has room" for a server that is down', () => {
    const failure = { result: 'refused', message: 'nobody listens', remedy: 'start it' } as const;
    const verdict = { exhausted: false, evidence: [] };
    expect(page({ verdict, view: view({ kind: 'failed', failure }) })).not.toContain('Has room');
    expect(page({ verdict, view: view(answered) })).toContain('Has room');
  });

  test.each([
    [{}, 'Up to date'],
    [{ lagBytes: 2048 }, '2.0 KiB to read'],
    [{ lagBytes: 2048, skippedBytes: 10 }, '10 B lost'],
    [{ droppedDatagrams: 1200 }, '1\u2009200 datagrams lost'],
  ])('says how far a log has been read: %j', (stats, words) => {
    const source = {
      source: '/var/log/access.log',
      stats: { ...unread, ...stats },
      condition: isReading,
    };
    expect(page({ logSources: [source] })).toContain(words);
  });

  test('shows why a log is not read, and the remedy', () => {
    const condition = { reason: 'permission_denied', remedy: 'join the group adm' } as const;
    const text = page({ logSources: [{ source: '/var/log/a.log', stats: unread, condition }] });
    expect(text).toContain('Permission denied');
    expect(text).toContain('join the group adm');
    expect(text).not.toContain('Up to date');
  });

  test('lists every target, including one that was never polled', () => {
    const targets = ['a', 'b', 'c', 'd', 'e'].map(
      (name): PageTarget => ({ identity: { name, server: 'apache' } }),
    );
    const text = page({}, { targets });
    for (const { identity } of targets) expect(text).toContain(`>${identity.name}</a>`);
    expect(text).toContain('Waiting for the first poll');
  });

  test('refreshes only with refreshSeconds', () => {
    expect(page({}, { refreshSeconds: 5 })).toContain('http-equiv="refresh" content="5"');
    expect(page()).not.toContain('http-equiv="refresh"');
  });
});

test('D5 the content security policy admits nothing but the page’s own style and script', () => {
  expect(pageContentSecurityPolicy()).toContain("default-src 'none'");
  expect(pageContentSecurityPolicy()).not.toContain('unsafe-inline');
});
