import type { SourceReason, SourceStats, SourceView } from '../snapshot/log-source.ts';
import { renderBadge, type Tone } from './badge.ts';
import { formatBytes, formatCount } from './format.ts';
import { type Html, html } from './html.ts';
import { visibleText } from './visible-text.ts';

const maxSourceLength = 200;
const maxRemedyLength = 400;

/** How far each log has been read, and whether data was lost. */
export function renderLogSources(sources: readonly SourceView[]): Html {
  return html`<table class="part"><caption>Logs</caption>
<thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col" class="number">Read</th></tr></thead>
<tbody>${sources.map(renderSource)}</tbody></table>`;
}

/** Waiting is neutral: the server may not have started yet. */
const reasonWords: Readonly<Record<SourceReason, { readonly tone: Tone; readonly words: string }>> =
  {
    reading: { tone: 'good', words: 'Up to date' },
    waiting_for_file: { tone: 'neutral', words: 'Waiting for the file' },
    nothing_matches: { tone: 'neutral', words: 'Nothing matches' },
    permission_denied: { tone: 'bad', words: 'Permission denied' },
    not_a_file: { tone: 'bad', words: 'Not a file' },
    address_in_use: { tone: 'bad', words: 'Address in use' },
    cannot_open: { tone: 'bad', words: 'Cannot be opened' },
    bad_format: { tone: 'bad', words: 'Format not usable' },
    ended: { tone: 'bad', words: 'Ended' },
  };

function renderSource({ source, stats, condition }: SourceView): Html {
  const { tone, words } =
    condition.reason === 'reading' ? describeState(stats) : reasonWords[condition.reason];
  const remedy =
    condition.remedy === undefined
      ? ''
      : html`<br>${visibleText(condition.remedy, maxRemedyLength)}`;
  return html`<tr><th scope="row">${visibleText(source, maxSourceLength)}</th><td>${renderBadge(tone, words)}${remedy}</td><td class="number">${formatBytes(stats.readBytes)}</td></tr>`;
}

/** Lost data comes first: it stays lost, while unread data will be read. */
function describeState({ skippedBytes, droppedDatagrams = 0, lagBytes }: SourceStats): {
  readonly tone: Tone;
  readonly words: string;
} {
  if (skippedBytes > 0) return { tone: 'bad', words: `${formatBytes(skippedBytes)} lost` };
  if (droppedDatagrams > 0) {
    return { tone: 'bad', words: `${formatCount(droppedDatagrams)} datagrams lost` };
  }
  if (lagBytes > 0) return { tone: 'neutral', words: `${formatBytes(lagBytes)} to read` };
  return reasonWords.reading;
}
