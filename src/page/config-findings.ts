import { countFindings } from '../derive/count-findings.ts';
import type { ConfigView, Finding, Severity } from '../snapshot/audit.ts';
import { renderBadge, type Tone } from './badge.ts';
import { type Html, html } from './html.ts';
import { visibleText } from './visible-text.ts';

const maxTextLength = 300;

/** Maximum number of findings on the page; `audit` shows all. */
const maxShown = 10;

const tones: Readonly<Record<Severity, Tone>> = {
  error: 'bad',
  warning: 'bad',
  info: 'neutral',
};

/** The findings of the configuration audit, or why there is none; nothing if there are no findings. */
export function renderConfigFindings({ findings, problem }: ConfigView): Html | undefined {
  if (problem !== undefined) {
    const text = `The configuration cannot be audited: ${problem}`;
    return html`<p class="model">${visibleText(text, maxTextLength)}</p>`;
  }
  if (findings.length === 0) return undefined;
  const serious = findings.filter(({ severity }) => severity !== 'info').slice(0, maxShown);
  const table =
    serious.length === 0
      ? undefined
      : html`<table class="part"><caption>Findings in the configuration</caption>
<thead><tr><th scope="col">Place</th><th scope="col">Severity</th><th scope="col">What</th></tr></thead>
<tbody>${serious.map(renderFinding)}</tbody></table>`;
  const more = countFindings(findings) - serious.length;
  return more === 0
    ? table
    : html`${table}<p class="model">${renderMore(more, serious.length)}</p>`;
}

/** Findings of severity info are only counted, so that they do not hide the serious ones. */
function renderMore(more: number, shown: number): string {
  const count = shown === 0 ? `${more}` : `${more} more`;
  const noun = more === 1 ? 'finding' : 'findings';
  return `${count} ${noun} in the configuration. To list them, run: keepalive-exporter audit`;
}

function renderFinding({ at, severity, what, effective, advised, id }: Finding): Html {
  const place = visibleText(`${at.file}:${at.line}`, maxTextLength);
  const shown = visibleText(effective, maxTextLength);
  return html`<tr><th scope="row">${place}</th><td>${renderBadge(tones[severity], severity)}</td><td>${visibleText(what, maxTextLength)}<br><code>${shown}</code>; advised: ${visibleText(advised, maxTextLength)} (${id})</td></tr>`;
}
