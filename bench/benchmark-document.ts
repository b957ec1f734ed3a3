/** docs/benchmarks.md: a section for each benchmark, replaced when that benchmark runs again with `--write`. */
export interface Section {
  readonly name: string;
  /** When, where and with which versions it was measured. */
  readonly measured: string;
  /** What the benchmark printed. */
  readonly output: string;
}

const introduction = `# Benchmarks

What \`npm run bench\` printed: speed, memory and CPU beside Debian's peers, as ratios where a peer exists. Each section
says when and on which machine it was measured. \`npm run bench -- --write NAME\` measures one section again. Figures of
another machine differ; compare the ratios.
`;

/** The document with the sections replaced, in the order of `names`. A section without a run says how to get one. */
export function updateBenchmarks(
  document: string,
  sections: readonly Section[],
  names: readonly string[],
): string {
  const all = new Map([...readSections(document), ...sections].map((one) => [one.name, one]));
  const rendered = names.map((name) => {
    const section = all.get(name);
    return section === undefined ? renderUnmeasured(name) : renderSection(section);
  });
  return [introduction, ...rendered].join('\n');
}

function renderUnmeasured(name: string): string {
  return `## ${name}\n\nNot measured yet. \`npm run bench -- --write ${name}\` fills this section.\n`;
}

function renderSection({ name, measured, output }: Section): string {
  return `## ${name}\n\n${measured}\n\n\`\`\`\n${trimLines(output)}\n\`\`\`\n`;
}

function readSections(document: string): readonly Section[] {
  const pattern = /^## (\S+)\n\n([^\n]+)\n\n```\n([\s\S]*?)\n```$/gm;
  return [...document.matchAll(pattern)].map(([, name = '', measured = '', output = '']) => ({
    name,
    measured,
    output,
  }));
}

/** Without empty lines at both ends. The first line of a table begins with spaces. */
function trimLines(output: string): string {
  return output.replace(/^\s*\n/, '').trimEnd();
}
