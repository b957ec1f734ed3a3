import type { SourceStats, SourceView } from '../snapshot/log-source.ts';
import { renderBadge, type Tone } from './badge.ts';
import { formatBytes, formatCount } from './format.ts';
import { type Html, html } from './html.ts';
import { visibleText } from './visible-text.ts';

const maxSourceLength = 200;

/** How far each log has been read, and whether a byte of it was lost. */
export function renderLogSources(sources: readonly SourceView[]): Html {
  return html`<table class="part"><caption>Logs</caption>
<thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col" class="number">Read</th></tr></thead>
<tbody>${sources.map(renderSource)}</tbody></table>`;
}

function renderSource({ source, stats }: SourceView): Html {
  const { tone, words } = describeState(stats);
  return html`<tr><th scope="row">${visibleText(source, maxSourceLength)}</th><td>${renderBadge(tone, words)}</td><td class="number">${formatBytes(stats.readBytes)}</td></tr>`;
}

/** Loss comes first: it is never made good, while what is unread will be read. */
function describeState({ skippedBytes, droppedDatagrams = 0, lagBytes }: SourceStats): {
  readonly tone: Tone;
  readonly words: string;
} {
  if (skippedBytes > 0) return { tone: 'bad', words: `${formatBytes(skippedBytes)} lost` };
  if (droppedDatagrams > 0) {
    return { tone: 'bad', words: `${formatCount(droppedDatagrams)} datagrams lost` };
  }
  if (lagBytes > 0) return { tone: 'neutral', words: `${formatBytes(lagBytes)} to read` };
  return { tone: 'good', words: 'Up to date' };
}
