/** What became of a mutant: `loaded` when no test noticed it, but it acts while a module is loaded. */
export type Verdict = 'failed' | 'timeout' | 'passed' | 'untested' | 'loaded';

export interface Judged {
  readonly index: number;
  readonly verdict: Verdict;
}
