import { readFileSync } from 'node:fs';
import type { Placed, Verdicts } from './judge.ts';
import type { Verdict } from './verdict.ts';

const words: Readonly<Record<Verdict, string>> = {
  failed: 'KILLED',
  timeout: 'TIMEOUT',
  passed: 'SURVIVED',
  untested: 'UNTESTED',
  loaded: 'UNJUDGED',
};

/** What no test noticed, file by file, and the score of each folder below src. */
export function reportVerdicts(
  mutants: readonly Placed[],
  verdicts: Verdicts,
  root: string,
): string {
  const rows = mutants.map((mutant, index) => ({
    mutant,
    path: mutant.path.slice(root.length),
    verdict: verdicts.get(index) ?? 'loaded',
  }));
  const lines = rows
    .filter(({ verdict }) => verdict !== 'failed')
    .map(({ mutant, path, verdict }) => `${words[verdict]} ${path}:${describe(mutant)}`);
  const folders = [...new Set(rows.map(({ path }) => folderOf(path)))];
  const scores = folders.map((folder) => {
    const own = rows.filter(({ path }) => folderOf(path) === folder);
    return `${folder}: ${score(own.map(({ verdict }) => verdict))}`;
  });
  return [...lines, ...scores].join('\n');
}

const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');

function describe({ path, line, start, end, replacement }: Placed): string {
  const was = readFileSync(path, 'utf8').slice(start, end).replace(/\s+/g, ' ');
  return `${line}  ${was.slice(0, 70)}  ->  ${replacement.slice(0, 40)}`;
}

function score(verdicts: readonly Verdict[]): string {
  const count = (...kinds: readonly Verdict[]) =>
    verdicts.filter((verdict) => kinds.includes(verdict)).length;
  const killed = count('failed', 'timeout');
  const percent = ((100 * killed) / verdicts.length).toFixed(1);
  return (
    `${percent} % of ${verdicts.length}: ${count('failed')} killed, ${count('timeout')} timeouts, ` +
    `${count('passed')} survived, ${count('untested')} untested, ${count('loaded')} unjudged`
  );
}
