import type { TargetView } from '../snapshot/target-view.ts';
import { type Html, html } from './html.ts';
import type { PageVerdict } from './model.ts';
import { scrapeResultWords } from './words.ts';

/** Tones differ in shape as well as in colour: a disc, a triangle, a ring. */
export type Tone = 'good' | 'bad' | 'neutral';

export function renderResultBadge(view: TargetView | undefined): Html {
  if (view === undefined) return renderBadge('neutral', 'Waiting for the first look');
  const { outcome } = view.observation;
  return outcome.kind === 'answered'
    ? renderBadge('good', scrapeResultWords.ok)
    : renderBadge('bad', scrapeResultWords[outcome.failure.result]);
}

/** A server that is down is not exhausted, and "has room" would be no comfort: then only the result is told. */
export function renderVerdictBadge(
  verdict: PageVerdict | undefined,
  view: TargetView | undefined,
): Html | undefined {
  if (verdict?.exhausted) return renderBadge('bad', 'Exhausted');
  const answers = view?.observation.outcome.kind === 'answered';
  return verdict !== undefined && answers ? renderBadge('good', 'Has room') : undefined;
}

export function renderBadge(tone: Tone, words: string): Html {
  return html`<span class="badge ${tone}">${toneMarks[tone]}${words}</span>`;
}

const toneMarks: Readonly<Record<Tone, Html>> = {
  good: html`<svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4"/></svg>`,
  bad: html`<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 .6 9.8 9.2H.2z"/></svg>`,
  neutral: html`<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8m0 1.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8"/></svg>`,
};
