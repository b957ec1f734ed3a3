import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { checkGroups } from '../src/audit/catalog.ts';
import type { CheckWords, Example } from '../src/audit/check.ts';
import { unusedSilence } from '../src/audit/checks/own.ts';

const stockSchema = z.array(
  z.object({
    tree: z.string(),
    title: z.string(),
    server: z.enum(['apache', 'nginx']),
    version: z.string(),
    findings: z.array(z.string()),
  }),
);

/** The findings of the audit in stock configurations; a test checks them. */
export function readStockFindings(): z.infer<typeof stockSchema> {
  const url = new URL('../test/fixtures/config-trees/stock-findings.json', import.meta.url);
  return stockSchema.parse(JSON.parse(readFileSync(url, 'utf8')));
}

const notice = '<!-- Generated from src/audit/checks/ by `npm run generate`; do not edit. -->\n';

const groups: readonly { readonly title: string; readonly checks: readonly CheckWords[] }[] =
  checkGroups.map(({ title, checks }) => ({
    title,
    checks: title === 'The audit itself' ? [...checks, unusedSilence] : checks,
  }));

/** Path in the repository -> content: a page for each check, and their list. */
export function renderCheckDocs(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/checks/README.md', renderIndex()],
    ...groups.flatMap(({ checks }) =>
      checks.map((check) => [`docs/checks/${check.id}.md`, renderCheck(check)] as const),
    ),
  ]);
}

function renderIndex(): string {
  return [
    '# Checks of the audit',
    notice,
    'This document lists the checks of `keepalive-exporter audit`. [audit.md](../audit.md) explains how to run it.',
    '',
    ...groups.flatMap(({ title, checks }) => [
      `## ${title}`,
      '',
      '| check | severity | what it finds |',
      '|---|---|---|',
      ...checks.map(
        ({ id, severity, what }) => `| [${id}](${id}.md) | ${severity} | ${escaped(what)} |`,
      ),
      '',
    ]),
    '## Stock configurations',
    '',
    'These are the findings in configurations as installed, without facts about the machine. A test audits the same',
    'directives. Those of Debian come from an installed machine. The others come from the sources of the packages (CentOS,',
    "Alpine's aports, nginx's and httpd's own) and were not audited on such a machine.",
    '',
    ...readStockFindings().flatMap(({ title, findings }) => [
      `### ${title}`,
      '',
      '```',
      ...findings,
      '```',
      '',
    ]),
  ].join('\n');
}

function renderCheck({ id, severity, what, why, examples }: CheckWords): string {
  return [
    `# ${id}`,
    notice,
    `Severity: ${severity}. ${what}.`,
    '',
    why,
    '',
    ...examples.flatMap(renderExample),
    'To silence this check, add a comment to the file of the finding:',
    '',
    '```',
    `# keepalive-exporter: silence ${id}: the reason`,
    '```',
    '',
  ].join('\n');
}

function renderExample(example: Example): readonly string[] {
  const { server, trigger, twin, beside } = example;
  return [
    `## ${server === 'apache' ? 'Apache' : 'nginx'}${circumstances(example)}`,
    '',
    'Found in:',
    '',
    ...block(trigger),
    'Not found in:',
    '',
    ...block(twin),
    ...(beside === undefined ? [] : ['The other server has, in both cases:', '', ...block(beside)]),
  ];
}

const mebibyte = 1024 * 1024;

function circumstances({ mpm, version, machine = {}, chain = {} }: Example): string {
  const known = (value: unknown, text: string) => (value === undefined ? [] : [text]);
  const { memoryBytes = 0, processBytes = 0, somaxconn } = machine;
  const facts = [
    ...known(mpm, `${mpm}`),
    ...known(version, `version ${version}`),
    ...known(machine.memoryBytes, `${memoryBytes / mebibyte} MiB of memory`),
    ...known(machine.processBytes, `${processBytes / mebibyte} MiB for each process`),
    ...known(somaxconn, `net.core.somaxconn ${somaxconn}`),
    ...known(chain.frontTimeoutSeconds, `front with a timeout of ${chain.frontTimeoutSeconds} s`),
    ...known(chain.backendWorkers, `backend with ${chain.backendWorkers} workers`),
  ];
  return facts.length === 0 ? '' : `, ${facts.join(', ')}`;
}

function block(text: string): readonly string[] {
  return ['```', text.trimEnd(), '```', ''];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
