import { type Fault, faultGroups } from './fault-table.ts';
import { type FaultTest, readFaultTests } from './read-fault-tests.ts';

const begin =
  '<!-- begin: generated from the titles of the tests by `npm run generate`; do not edit -->';
const end = '<!-- end: generated -->';

/** docs/reliability.md with a new table; the text around it stays. */
export function renderReliability(document: string): string {
  const [before = '', rest = ''] = document.split(begin);
  const [, after = ''] = rest.split(end);
  return `${before}${begin}\n\n${renderFaults(readFaultTests())}\n${end}${after}`;
}

export function renderFaults(tests: readonly FaultTest[]): string {
  return faultGroups
    .flatMap(({ title, faults }) => [
      `### ${title}`,
      '',
      '| row | fault | what happens | tested in |',
      '|---|---|---|---|',
      ...faults.map((fault) => renderFault(fault, tests)),
      '',
    ])
    .join('\n');
}

function renderFault({ id, fault, choice }: Fault, all: readonly FaultTest[]): string {
  const tests = all.filter(({ ids }) => ids.includes(id));
  const happens = [
    ...new Set(tests.map(({ title }) => title)),
    ...(choice === undefined ? [] : [`By choice: ${choice}`]),
  ];
  const files = [...new Set(tests.map(({ file }) => `\`${file}\``))];
  const words = [id, fault, happens.join('<br>')].map(escapeMarkdown);
  return `| ${[...words, files.join('<br>')].join(' | ')} |`;
}

/** `__proto__` would be bold. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[|_*]/g, '\\$&');
}
