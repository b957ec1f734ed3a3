import { readFileSync } from 'node:fs';
import type { Audit, AuditRequest } from '../../src/pipeline/audit-files.ts';
import { auditFiles } from '../../src/pipeline/audit-files.ts';
import { readFrom, testVersions } from './audit-example.ts';

export interface TreeFixture {
  /** Path to text. */
  readonly files: Readonly<Record<string, string>>;
  readonly audit: Audit;
}

/** A tree of test/fixtures/config-trees: files behind lines of `=== /path`. */
export async function auditTree(
  name: string,
  versions: AuditRequest['versions'] = testVersions,
): Promise<TreeFixture> {
  const files = readTree(name);
  const mainNamed = (wanted: RegExp) => Object.keys(files).find((path) => wanted.test(path));
  const apache = mainNamed(/\/(?:apache2|httpd)\.conf$/);
  const nginx = mainNamed(/\/nginx\.conf$/);
  const audit = await auditFiles({
    files: {
      ...(apache === undefined ? {} : { apache }),
      ...(nginx === undefined ? {} : { nginx }),
    },
    versions,
    machine: { cpuCount: 4 },
    chain: {},
    createReader: () => readFrom(files),
  });
  if (!audit.ok) throw new Error(audit.error);
  return { files, audit: audit.value };
}

function readTree(name: string): Readonly<Record<string, string>> {
  const url = new URL(`../fixtures/config-trees/${name}.txt`, import.meta.url);
  const parts = readFileSync(url, 'utf8').split(/^=== (.+)\n/m);
  const files: Record<string, string> = {};
  for (let at = 1; at < parts.length; at += 2) files[parts[at] ?? ''] = parts[at + 1] ?? '';
  return files;
}
