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
    'What `keepalive-exporter audit` looks for. [audit.md](../audit.md) says how to run it.',
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
    'What the audit finds in configurations as they are installed, on a machine of which it knows nothing. A test audits',
    'the same directives. Those of Debian are from an installed machine, the others from the sources of the packages',
    "(CentOS, Alpine's aports, nginx's and httpd's own) and were not audited on such a machine.",
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
    'To silence it, write a comment into the file of the finding:',
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
    ...(beside === undefined ? [] : ['Both beside:', '', ...block(beside)]),
  ];
}

function circumstances({ mpm, version, machine = {}, chain = {} }: Example): string {
  const facts = [
    ...(mpm === undefined ? [] : [mpm]),
    ...(version === undefined ? [] : [`version ${version}`]),
    ...Object.entries({ ...machine, ...chain }).map(([name, value]) => `${name} ${value}`),
  ];
  return facts.length === 0 ? '' : `, ${facts.join(', ')}`;
}

function block(text: string): readonly string[] {
  return ['```', text.trimEnd(), '```', ''];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
