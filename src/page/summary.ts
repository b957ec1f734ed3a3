import { renderResultBadge, renderTroubleBadge } from './badge.ts';
import { type Html, html } from './html.ts';
import type { PageTarget } from './model.ts';
import { isUp, ratioOf } from './rank.ts';
import { type RatioName, ratioWords, renderRatioValue } from './ratios.ts';
import { maxNameLength, visibleText } from './visible-text.ts';
import { serverNames } from './words.ts';

/** The summary: how many of the polled targets are up, and which are the fullest. */
export function renderSummary(targets: readonly PageTarget[]): Html | undefined {
  const polled = targets.filter(({ logsOnly }) => !logsOnly);
  if (polled.length === 0) return undefined;
  const up = polled.filter(isUp).length;
  const full = targets.filter(({ verdict }) => verdict?.exhausted).length;
  return html`<section class="summary" aria-label="At a glance">
<div><p class="title">Targets up</p><p class="value"><span class="${up < polled.length ? 'ratio high' : 'ratio'}">${up}</span> <small>of ${polled.length}</small></p><p class="meaning">${describeFull(targets, full)}</p></div>
${renderWorst(targets, 'workerSaturation')}
${renderWorst(targets, 'keepaliveOccupancy')}
</section>`;
}

/** One row for each target, if there are too many cards for one screen. */
export function renderOverview(
  targets: readonly PageTarget[],
  idOf: (target: PageTarget) => string | undefined,
): Html {
  return html`<section class="card overview"><table><caption>All targets</caption>
<thead><tr><th scope="col">Target</th><th scope="col">Server</th><th scope="col">State</th><th scope="col" class="number">Worker saturation</th><th scope="col" class="number">Keep-alive occupancy</th></tr></thead>
<tbody>${targets.map((target) => renderRow(target, idOf(target)))}</tbody></table></section>`;
}

function renderRow(target: PageTarget, id: string | undefined): Html {
  const name = visibleText(target.identity.name, maxNameLength);
  return html`<tr><th scope="row">${id === undefined ? name : html`<a href="#${id}">${name}</a>`}</th><td>${serverNames[target.identity.server]}</td><td class="states">${renderTroubleBadge(target)}${renderResultBadge(target)}</td><td class="number" data-label="Saturation">${renderRatioValue(ratioOf(target, 'workerSaturation'))}</td><td class="number" data-label="Keep-alive">${renderRatioValue(ratioOf(target, 'keepaliveOccupancy'))}</td></tr>`;
}

function describeFull(targets: readonly PageTarget[], full: number): string {
  if (full > 0) return full === 1 ? '1 is exhausted' : `${full} are exhausted`;
  return targets.some(({ verdict }) => verdict) ? 'none is exhausted' : 'answered the last poll';
}

function renderWorst(targets: readonly PageTarget[], name: RatioName): Html {
  const worst = findWorst(targets, name);
  const who = worst ? visibleText(worst.identity.name, maxNameLength) : 'unknown for every target';
  const value = worst && ratioOf(worst, name);
  return html`<div><p class="title">Highest ${ratioWords[name].title.toLowerCase()}</p><p class="value">${renderRatioValue(value)}</p><p class="meaning">${who}</p></div>`;
}

function findWorst(targets: readonly PageTarget[], name: RatioName): PageTarget | undefined {
  const known = targets.filter((target) => ratioOf(target, name) !== undefined);
  return known.toSorted((a, b) => (ratioOf(b, name) ?? 0) - (ratioOf(a, name) ?? 0))[0];
}
