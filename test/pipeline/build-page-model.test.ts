import { describe, expect, test } from 'vitest';
import { buildPageModel, type PageContext } from '../../src/pipeline/build-page-model.ts';
import type { Target } from '../../src/pipeline/observe-target.ts';
import { createTargetViews } from '../../src/pipeline/target-views.ts';
import type { TargetIdentity } from '../../src/snapshot/target-view.ts';

function target(name: string, statusUrl: string): Target {
  return {
    identity: { name, server: 'nginx' },
    statusUrl,
    latest: () => undefined,
    memory: () => ({}),
    observe: () => Promise.reject(new Error('the page must not look at a server')),
    sample: () => Promise.reject(new Error('the page must not look at a server')),
    close: () => undefined,
  };
}

function viewsOf(logsOnly: readonly TargetIdentity[]): PageContext['views'] {
  return createTargetViews({
    polled: () => [],
    logsOnly: () => logsOnly,
    logsOf: () => undefined,
    adviceFor: () => undefined,
    now: () => 1000,
  });
}

function build(context: Partial<PageContext> = {}) {
  return buildPageModel({
    exporter: { version: '1.2.3', startTimeSeconds: 0 },
    nowSeconds: 1000,
    telemetryPath: '/metrics',
    configured: true,
    targets: [target('edge', 'http://127.0.0.1/stub_status')],
    views: viewsOf([]),
    ...context,
  });
}

describe('buildPageModel()', () => {
  test('shows a target that was not looked at yet, without looking', () => {
    const { targets, hint } = build();
    expect(targets).toEqual([
      {
        identity: { name: 'edge', server: 'nginx' },
        address: 'http://127.0.0.1/stub_status',
        logSources: [],
      },
    ]);
    expect(hint).toBeUndefined();
  });

  test('shows a target of which only logs are read as just that', () => {
    const identity = { name: 'cdn', server: 'nginx' } as const;
    expect(build({ targets: [], views: viewsOf([identity]) }).targets).toEqual([
      { identity, logsOnly: true, logSources: [] },
    ]);
  });

  test('links to the metrics where they are', () => {
    expect(build({ telemetryPath: '/stats' }).links[0]).toEqual({
      href: '/stats',
      label: 'Metrics',
    });
  });

  test('without a configuration lists the servers that were found, and a first configuration', () => {
    const { hint } = build({ configured: false });
    expect(hint?.paragraphs[0]).toContain('These answered: http://127.0.0.1/stub_status');
    expect(hint?.example).toBe(
      'targets:\n  - {name: "edge", server: nginx, status_url: "http://127.0.0.1/stub_status"}',
    );
  });

  test('without a server it prints an example to begin with', () => {
    const { hint } = build({ configured: false, targets: [] });
    expect(hint?.paragraphs[0]).toContain('None of the usual status addresses');
    expect(hint?.example).toMatch(/^targets:\n {2}- \{name: shop, server: apache/);
  });
});
