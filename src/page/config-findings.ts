import type { ConfigView, Finding, Severity } from '../snapshot/audit.ts';
import { renderBadge, type Tone } from './badge.ts';
import { type Html, html } from './html.ts';
import { visibleText } from './visible-text.ts';

const maxTextLength = 300;

/** The worst ones; `audit` shows them all. */
const mostShown = 10;

const tones: Readonly<Record<Severity, Tone>> = {
  error: 'bad',
  warning: 'bad',
  info: 'neutral',
};

/** What the audit of the configuration file found; nothing when it found nothing. */
export function renderConfigFindings({ findings }: ConfigView): Html | undefined {
  if (findings.length === 0) return undefined;
  const more = findings.length - mostShown;
  const rest =
    more > 0
      ? html`<tr><td colspan="3">and ${more} more: keepalive-exporter audit lists them</td></tr>`
      : '';
  return html`<table class="part"><caption>Findings in the configuration</caption>
<thead><tr><th scope="col">Place</th><th scope="col">Severity</th><th scope="col">What</th></tr></thead>
<tbody>${findings.slice(0, mostShown).map(renderFinding)}${rest}</tbody></table>`;
}

function renderFinding({ at, severity, what, effective, advised, id }: Finding): Html {
  const place = visibleText(`${at.file}:${at.line}`, maxTextLength);
  const shown = visibleText(effective, maxTextLength);
  return html`<tr><th scope="row">${place}</th><td>${renderBadge(tones[severity], severity)}</td><td>${visibleText(what, maxTextLength)}<br><code>${shown}</code>; advised: ${visibleText(advised, maxTextLength)} (${id})</td></tr>`;
}
