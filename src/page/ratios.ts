import { keysOf } from '../parse/record-of.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import { formatPercent } from './format.ts';
import { type Html, html } from './html.ts';

export type RatioName = 'workerSaturation' | 'keepaliveOccupancy' | 'connectionOccupancy';

/** The title of each ratio, and what it is a share of. */
export const ratioWords: Readonly<Record<RatioName, { title: string; meaning: string }>> = {
  workerSaturation: {
    title: 'Worker saturation',
    meaning: 'in use and not reclaimable, of all slots',
  },
  keepaliveOccupancy: { title: 'Keep-alive slot occupancy', meaning: 'held by idle clients' },
  connectionOccupancy: { title: 'Connection occupancy', meaning: 'open, of the connection limit' },
};

/** Up to three ratios side by side. */
export function renderRatios(figures: SlotFigures): Html {
  const names = keysOf(ratioWords);
  const shown = names.filter((name) => applies(name, figures));
  return html`<dl class="ratios">${shown.map((name) => renderRatio(name, figures[name]))}</dl>`;
}

/** The known ratios in one line of text. */
export function describeRatios(figures: SlotFigures): string {
  const names = keysOf(ratioWords);
  const known = names.flatMap((name) => {
    const ratio = figures[name];
    return ratio === undefined ? [] : `${ratioWords[name].title} ${formatPercent(ratio)}`;
  });
  return known.length > 0 ? known.join(', ').toLowerCase() : 'no ratio';
}

/** A blocking server has no connection slots, so its connection occupancy is left out, not "unknown". */
function applies(name: RatioName, figures: SlotFigures): boolean {
  if (name !== 'connectionOccupancy' || figures.connectionOccupancy !== undefined) return true;
  return figures.groups.some(({ kind }) => kind === 'connection');
}

function renderRatio(name: RatioName, ratio: number | undefined): Html {
  const { title, meaning } = ratioWords[name];
  return html`<div><dt>${title}</dt><dd>${renderRatioValue(ratio)}</dd><dd class="meaning">${meaning}</dd></div>`;
}

/** A ratio as a percentage, or "unknown". */
export function renderRatioValue(ratio: number | undefined): Html {
  if (ratio === undefined) return html`<span class="unknown">unknown</span>`;
  return html`<span class="${ratioTone(ratio)}">${formatPercent(ratio)}</span>`;
}

/** Steps of the sampler's histograms. Above 0.7 a burst can fill the rest; above 0.9 visitors start to queue. */
function ratioTone(ratio: number): string {
  if (ratio >= 0.9) return 'ratio high';
  return ratio >= 0.7 ? 'ratio raised' : 'ratio';
}
