import type { Advice } from '../snapshot/advice.ts';
import { type Html, html } from './html.ts';
import { renderTuningCurve } from './tuning-curve.ts';

/** The advised timeout, the reasons, and the curve behind it. */
export function renderAdvice(advice: Advice | undefined): Html | undefined {
  if (advice === undefined) return undefined;
  const { headline, directives, apply, restsOn, missing } = advice;
  return html`<section class="advice" aria-label="Keep-alive advice"><h3>Keep-alive advice</h3>
<p>${headline}</p>
${directives.length === 0 ? undefined : html`<pre>${directives.join('\n')}</pre>`}
${apply.length === 0 ? undefined : html`<ul class="todo">${apply.map((step) => html`<li>${step}</li>`)}</ul>`}
${missing.length === 0 ? renderTuningCurve(advice) : undefined}
<ul class="todo">${restsOn.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
}
