import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { allCheckWords } from '../../src/audit/catalog.ts';
import { renderAuditSarif } from '../../src/audit/render-sarif.ts';
import type { AuditReport } from '../../src/audit/run-audit.ts';
import { auditExample } from '../support/audit-example.ts';

/**
 * The parts of the schema of SARIF 2.1.0 (OASIS, errata 01) that the report uses. As there, no object may have other
 * properties; a new property is added here after a look into the schema.
 */
const text = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({
      // A URI reference: RFC 3986 allows neither blanks nor backslashes, and # and ? end the path.
      uri: z.string().regex(/^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$/),
      uriBaseId: z.string().optional(),
    }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string().min(1),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: text,
              fullDescription: text,
              defaultConfiguration: z.strictObject({ level }),
            }),
          ),
        }),
      }),
      results: z.array(
        z.strictObject({
          ruleId: z.string().min(1),
          ruleIndex: z.int().min(0),
          level,
          message: text,
          locations: z.tuple([location]),
          suppressions: z
            .tuple([
              z.strictObject({
                kind: z.enum(['inSource', 'external']),
                justification: z.string().min(1),
              }),
            ])
            .optional(),
        }),
      ),
    }),
  ]),
});

const options = { version: '1.2.3', workingDirectory: '/work' };

function render(report: AuditReport) {
  return sarif.parse(JSON.parse(renderAuditSarif(report, options))).runs[0];
}

const examples = allCheckWords.flatMap(({ id, examples }) =>
  examples.map((example, index) => [id, index + 1, example] as const),
);

describe('the report as SARIF', () => {
  test.each(examples)('of %s (%i) is as the schema wants it', async (id, _, example) => {
    const { report } = await auditExample(example, 'trigger');
    const { tool, results } = render(report);
    expect(results.map(({ ruleId }) => ruleId)).toContain(id);
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  test('has the rules once each, and results also when there are none', () => {
    const { tool, results } = render({ findings: [], silenced: [] });
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(ids).toEqual(allCheckWords.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(results).toEqual([]);
  });

  test.each([
    ['/work/sites/a.conf', 'sites/a.conf'],
    ['/work/a b#1?%.conf', 'a%20b%231%3F%25.conf'],
    ['/srv/ä[1].conf', 'file:///srv/%C3%A4%5B1%5D.conf'],
  ])('has the path %s as the URI %s', async (file, uri) => {
    const [first] = examples;
    if (first === undefined) throw new Error('no examples');
    const { report } = await auditExample(first[2], 'trigger');
    const findings = report.findings.map((one) => ({ ...one, at: { ...one.at, file } }));
    const [result] = render({ ...report, findings }).results;
    expect(result?.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });
});
