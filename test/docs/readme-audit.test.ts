import { expect, test } from 'vitest';
import { renderAuditText } from '../../src/audit/render-text.ts';
import { runAudit } from '../../src/audit/run-audit.ts';
import { auditTree } from '../support/config-trees.ts';
import { docBlock } from '../support/doc-blocks.ts';

test("the README shows what audit prints of that nginx behind a load balancer's 60 s", async () => {
  const { audit } = await auditTree('readme', { nginx: { version: '1.28.0', source: 'binary' } });
  const report = runAudit({ ...audit.subject, chain: { frontTimeoutSeconds: 60 } });
  expect(docBlock('README.md', '', 'nginx 1.28.0 (its binary)').trim()).toBe(
    renderAuditText(report, audit.servers).trim(),
  );
});
