import { expect, test } from 'vitest';
import { renderAuditText } from '../../src/audit/render-text.ts';
import { runAudit } from '../../src/audit/run-audit.ts';
import { auditTree } from '../support/config-trees.ts';
import { docBlock } from '../support/doc-blocks.ts';

/** Of an nginx behind a load balancer that keeps idle connections for 60 s. */
async function printedAudit(): Promise<string> {
  const { audit } = await auditTree('readme', { nginx: { version: '1.28.0', source: 'binary' } });
  const report = runAudit({ ...audit.subject, chain: { frontTimeoutSeconds: 60 } });
  return renderAuditText(report, audit.servers).trim();
}

test('docs/audit.md shows what audit prints', async () => {
  const shown = docBlock('docs/audit.md', '', 'nginx 1.28.0 (its binary)');
  expect(shown.trim()).toBe(await printedAudit());
});

test('the README shows the beginning of it', async () => {
  const [, shown = ''] =
    /^\$ keepalive-exporter audit .*\n([\s\S]+)$/.exec(
      docBlock('README.md', '', 'nginx 1.28.0 (its binary)'),
    ) ?? [];
  expect(shown).toContain('fix:');
  expect(await printedAudit()).toContain(shown.trim());
});
