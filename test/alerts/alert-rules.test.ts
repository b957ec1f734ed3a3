import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import {
  alertFile,
  readEvaluationOrders,
  readExprTests,
  readRules,
} from '../support/alert-files.ts';

const rules = readRules();
const alerts = rules.flatMap((rule) =>
  rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }],
);
const records = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
const alertNames = [...new Set(alerts.map(({ alert }) => alert))];
const exprTests = readExprTests();
const severalGroups = readEvaluationOrders().filter(({ groups }) => groups.length > 1);
const runbooks = new URL('../../docs/runbooks/', import.meta.url);

const DASHBOARDS = [...allDashboards.keys()].map((name) => `keepalive-${name}`);
/** Steps that several runbooks link to. */
const SHARED_STEPS = 'slots.md';
const COMMAND =
  /`(?:amtool|apachectl|curl|grep|journalctl|keepalive-exporter|kill|ls|nginx|promtool|ss|sysctl|systemctl|tail) [^`]+`/g;
const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'False positives'];

test('there are alerts and recording rules', () => {
  expect(alertNames.length).toBeGreaterThan(30);
  expect(records.length).toBeGreaterThan(30);
});

test('rule tests with several groups are found', () => {
  expect(severalGroups.length).toBeGreaterThan(10);
});

// promtool evaluates groups that it is given no order for at random: an alert then fires a turn sooner or later.
test.each(severalGroups)('$file gives every group its turn', ({ order, groups }) => {
  expect(order.toSorted()).toEqual(groups.toSorted());
});

describe.each(alerts)('$alert, $labels.severity, for $for', ({ alert, labels, annotations }) => {
  it('has a severity', () => {
    const expected =
      alert === 'KeepaliveExporterWatchdog' ? ['none'] : ['critical', 'warning', 'info'];
    expect(expected).toContain(labels?.['severity']);
  });

  it('has a summary of one line and a description of two sentences', () => {
    expect(annotations?.['summary']?.length).toBeLessThanOrEqual(90);
    expect(annotations?.['summary']).not.toMatch(/\.$/);
    // What is wrong and how bad, then what to do first. The advised change, if any, is a third sentence.
    const [description = '', ...advice] = annotations?.['description']?.split('{{ range') ?? [];
    expect(description.match(/\.(?= |$)/g)).toHaveLength(2);
    expect(description).toMatch(/\.$/);
    for (const part of advice) expect(part).toMatch(/\. ?\{\{ end \}\}\{\{ end \}\}$/);
  });

  it('leads to its runbook', () => {
    expect(annotations?.['runbook_url']).toMatch(new RegExp(`/runbooks/${alert}\\.md$`));
    expect(existsSync(new URL(`${alert}.md`, runbooks))).toBe(true);
  });

  it('leads to a dashboard, at the time of the alert, with what the alert is about', () => {
    const url = annotations?.['dashboard_url'] ?? '';
    expect(DASHBOARDS).toContain(/\/d\/(.+?)\?/.exec(url)?.[1]);
    expect(url).toContain(
      'from={{ query "1000 * (time() - 3600)" | first | value | printf "%.0f" }}&to=now',
    );
    if (annotations?.['summary']?.includes('$labels.target')) {
      expect(url).toContain('var-target={{ $labels.target | urlquery }}');
    }
  });
});

test.each(alertNames)('%s has a promtool case that fires and one that does not', (alert) => {
  checkBothCases(`alertname="${alert}"`);
});

test.each(records)('%s has a promtool case with a value and one without', (record) => {
  const tests = exprTests.filter(({ expr }) => expr.includes(record));
  expect(tests.some(({ expectsSeries }) => expectsSeries)).toBe(true);
  expect(tests.some(({ expectsSeries }) => !expectsSeries)).toBe(true);
});

function checkBothCases(selector: string): void {
  const tests = exprTests.filter(({ expr }) => expr.includes(selector));
  const firing = tests.filter(({ expr }) => expr.includes('alertstate="firing"'));
  expect(firing.some(({ expectsSeries }) => expectsSeries)).toBe(true);
  expect(tests.some(({ expectsSeries }) => !expectsSeries)).toBe(true);
}

describe('runbooks', () => {
  const files = readdirSync(runbooks).filter((name) => name.endsWith('.md'));
  const pages = files.filter((name) => name !== SHARED_STEPS);

  it('exist for each alert, and for nothing else', () => {
    expect(pages.toSorted()).toEqual(alertNames.map((alert) => `${alert}.md`).toSorted());
  });

  it.each(pages)(
    '%s has its headings, each with text below, and links that lead somewhere',
    (page) => {
      const text = readFileSync(new URL(page, runbooks), 'utf8');
      const sections = text.split(/^## /m).slice(1);
      expect(sections.map((section) => section.split('\n')[0])).toEqual(HEADINGS);
      for (const section of sections) {
        expect(section.split('\n').slice(1).join('').trim().length).toBeGreaterThan(10);
      }
      for (const [, link = ''] of text.matchAll(/\]\(([^)]+\.md)\)/g)) {
        expect(existsSync(new URL(link, new URL(page, runbooks))), link).toBe(true);
      }
    },
  );

  it.each(pages)('%s links to shared steps that exist', (page) => {
    const text = readFileSync(new URL(page, runbooks), 'utf8');
    const shared = readFileSync(new URL(SHARED_STEPS, runbooks), 'utf8');
    const anchors = [...shared.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of text.matchAll(/slots\.md#([\w-]+)/g))
      expect(anchors).toContain(anchor);
  });

  it.each(pages)('%s shows what to do by the state that holds the slots', (page) => {
    const text = readFileSync(new URL(page, runbooks), 'utf8');
    const [, diagnosis = ''] = /^## Diagnosis\n(.*?)^## /ms.exec(text) ?? [];
    expect(diagnosis).toMatch(/webserver_slots\b/);
    const words = diagnosis.replaceAll(/```.*?```/gs, '');
    expect(words).toMatch(
      /`(?:queued|silent|active|sending|idle|keepalive|writing|reading|graceful)`|webserver_slots/,
    );
  });

  it.each(files)('%s has its commands in blocks, which a scenario runs', (page) => {
    const text = readFileSync(new URL(page, runbooks), 'utf8').replaceAll(/```.*?```/gs, '');
    expect(text.match(COMMAND) ?? []).toEqual([]);
  });

  it.each(files)('%s names metrics and recording rules that exist', (page) => {
    expectKnownNames(readFileSync(new URL(page, runbooks), 'utf8'));
  });
});

test.each(rules)('$alert$record uses metrics and recording rules that exist', ({ expr }) => {
  expectKnownNames(expr);
});

/** Checks names against docs/metrics.md, which is generated from the catalog; histograms also by their three series. */
function expectKnownNames(text: string): void {
  const catalog = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const names = text.match(
    /(?:(?:target|job):)?\b(?:webserver|keepalive_exporter|slo)_[a-z0-9_]+(?::\w+)?/g,
  );
  for (const name of names ?? []) {
    if (/^(?:target|job):/.test(name)) expect(records).toContain(name);
    else expect(catalog).toContain(`\`${name.replace(/_(?:bucket|count|sum)$/, '')}\``);
  }
}

test('Alertmanager inhibits alerts that exist, and only over labels that both sides have', () => {
  const { inhibit_rules } = parse(
    readFileSync(alertFile('alertmanager/alertmanager.yml'), 'utf8'),
  ) as { inhibit_rules: readonly Record<'equal' | 'target_matchers', readonly string[]>[] };
  const named = JSON.stringify(inhibit_rules).match(/\b(?:Webserver|Keepalive)[A-Za-z]+/g);
  expect(named?.filter((name) => !alertNames.includes(name))).toEqual([]);
  for (const { equal } of inhibit_rules) {
    expect(equal).toEqual(expect.arrayContaining(['cluster', 'namespace', 'job']));
  }
});
