import { type Html, html } from './html.ts';
import type { PageTarget } from './model.ts';
import { isUnansweredWithoutCause, isUp } from './rank.ts';
import { scrapeResultWords } from './words.ts';

/** Tones differ in shape as well as in colour: a disc, a triangle, a ring. */
export type Tone = 'good' | 'bad' | 'neutral';

export function renderResultBadge({ view, logsOnly }: PageTarget): Html {
  if (logsOnly) return renderBadge('neutral', 'Logs only');
  if (view === undefined) return renderBadge('neutral', 'Waiting for the first poll');
  const { outcome } = view.observation;
  return outcome.kind === 'answered'
    ? renderBadge('good', scrapeResultWords.ok)
    : renderBadge('bad', scrapeResultWords[outcome.failure.result]);
}

/** Why visitors get no answer, as far as the cause is known; nothing while they get one. */
export function renderTroubleBadge(target: PageTarget): Html | undefined {
  if (target.verdict?.exhausted) return renderBadge('bad', 'Exhausted');
  return isUnansweredWithoutCause(target)
    ? renderBadge('bad', 'Visitors get no answer')
    : undefined;
}

/** For a server that is down only the result is shown: it is not exhausted, but "Has room" would mislead. */
export function renderVerdictBadge(target: PageTarget): Html | undefined {
  const calm = target.verdict !== undefined && isUp(target);
  return renderTroubleBadge(target) ?? (calm ? renderBadge('good', 'Has room') : undefined);
}

export function renderBadge(tone: Tone, words: string): Html {
  return html`<span class="badge ${tone}">${toneMarks[tone]}${words}</span>`;
}

const toneMarks: Readonly<Record<Tone, Html>> = {
  good: html`<svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4"/></svg>`,
  bad: html`<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 .6 9.8 9.2H.2z"/></svg>`,
  neutral: html`<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8m0 1.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8"/></svg>`,
};
