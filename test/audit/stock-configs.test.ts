import { expect, test } from 'vitest';
import { readStockFindings } from '../../tools/render-checks.ts';
import { auditTree } from '../support/config-trees.ts';

test.each(readStockFindings().map((stock) => [stock.title, stock] as const))(
  '%s has exactly the findings that docs/checks lists',
  async (_, stock) => {
    const { tree, server, version, findings } = stock;
    const { audit } = await auditTree(tree, { [server]: { version, source: 'flag' } });
    const found = audit.report.findings.map(
      ({ id, at, severity, effective }) => `${severity} ${id} ${at.file}:${at.line} ${effective}`,
    );
    expect(found).toEqual(findings);
  },
);
