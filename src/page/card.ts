import type { ScrapeFailure } from '../snapshot/scrape.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { Observation } from '../snapshot/target-view.ts';
import { renderResultBadge, renderVerdictBadge } from './badge.ts';
import { renderSlotGroup } from './bar.ts';
import { formatAge, formatCount, formatDuration, formatLatency } from './format.ts';
import { type Html, html } from './html.ts';
import { renderLogSources } from './log-sources.ts';
import type { PageSlotHolder, PageTarget } from './model.ts';
import { renderRatios } from './ratios.ts';
import { visibleText } from './visible-text.ts';
import { evidenceWords, keepaliveModelWords, serverNames } from './words.ts';

export const maxNameLength = 120;
const maxMessageLength = 600;

export interface CardContext {
  readonly nowSeconds: number;
  /** Anchor of the card, for the overview to link to. */
  readonly id: string;
}

/** One target: what it is, how full it is, what went wrong. */
export function renderCard(target: PageTarget, context: CardContext): Html {
  const { view, lastAnswered, verdict, slotHolders, logSources } = target;
  const answered = view?.observation.outcome.kind === 'answered' ? view.observation : lastAnswered;
  return html`<article class="card" id="${context.id}" aria-labelledby="${context.id}-name">
<header><div><h2 id="${context.id}-name">${visibleText(target.identity.name, maxNameLength)}</h2><p class="what">${describeServer(target, answered)}</p></div>
<div class="badges">${renderVerdictBadge(verdict, view)}${renderResultBadge(view)}</div></header>
${renderFailureNow(target)}
${verdict?.exhausted ? renderEvidence(verdict.evidence) : undefined}
${answered && renderFigures(answered, target, context)}
${slotHolders && slotHolders.length > 0 ? renderSlotHolders(slotHolders) : undefined}
${logSources && logSources.length > 0 ? renderLogSources(logSources) : undefined}
<footer>${renderFootnotes(target, context)}</footer>
</article>`;
}

function describeServer({ identity }: PageTarget, answered: Observation | undefined): string {
  if (answered?.outcome.kind !== 'answered') return serverNames[identity.server];
  const { version, snapshot } = answered.outcome;
  const mpm = snapshot.kind === 'apache' ? snapshot.serverMpm : undefined;
  const name = [serverNames[identity.server], version].filter((part) => part).join(' ');
  const words = mpm ? [name, `${mpm} MPM`] : [name];
  return words.map((word) => visibleText(word, maxNameLength)).join(', ');
}

function renderFigures(answered: Observation, target: PageTarget, context: CardContext): Html {
  const { outcome, atSeconds } = answered;
  if (outcome.kind !== 'answered') return html``;
  const stale = answered !== target.view?.observation;
  return html`<div class="${stale ? 'figures stale' : 'figures'}">
${stale ? html`<p class="stale-note">Last known figures, from ${formatAge(atSeconds, context.nowSeconds)}</p>` : undefined}
${renderRatios(outcome.figures)}
${outcome.figures.groups.map((group) => renderSlotGroup(group, target.identity.server))}
${renderModel(outcome.figures)}
</div>`;
}

function renderModel({ keepaliveModel }: SlotFigures): Html {
  return html`<p class="model"><b>Keep-alive model: ${keepaliveModel}.</b> ${keepaliveModelWords[keepaliveModel]}</p>`;
}

function renderFailureNow({ view }: PageTarget): Html | undefined {
  if (view?.observation.outcome.kind !== 'failed') return undefined;
  return renderFailure(view.observation.outcome.failure);
}

function renderFailure({ message, remedy }: ScrapeFailure): Html {
  return html`<div class="failure"><p><b>${visibleText(message, maxMessageLength)}</b></p><p>${visibleText(remedy, maxMessageLength)}</p></div>`;
}

function renderEvidence(evidence: readonly string[]): Html {
  const words = evidence.map((value) => evidenceWords.get(value) ?? value.replaceAll('_', ' '));
  return html`<p class="evidence"><b>Full:</b> ${words.join(', ')}.</p>`;
}

function renderSlotHolders(holders: readonly PageSlotHolder[]): Html {
  return html`<table class="part"><caption>Clients that hold the most slots</caption>
<thead><tr><th scope="col">Client</th><th scope="col" class="number">Slots</th><th scope="col" class="number">Oldest idle</th></tr></thead>
<tbody>${holders.map(renderSlotHolder)}</tbody></table>`;
}

function renderSlotHolder({ client, slots, oldestIdleSeconds }: PageSlotHolder): Html {
  const idle = oldestIdleSeconds === undefined ? 'not idle' : formatDuration(oldestIdleSeconds);
  return html`<tr><th scope="row">${visibleText(client, maxNameLength)}</th><td class="number">${formatCount(slots)}</td><td class="number">${idle}</td></tr>`;
}

function renderFootnotes(target: PageTarget, { nowSeconds }: CardContext): readonly Html[] {
  const { view, address, lastFailure } = target;
  if (view === undefined) return [html`<span>Not looked at yet</span>`, ...renderAddress(address)];
  const { atSeconds, timings } = view.observation;
  return [
    html`<span>Seen ${formatAge(atSeconds, nowSeconds)}</span>`,
    html`<span>took ${formatLatency(timings.durationSeconds)}</span>`,
    ...renderAddress(address),
    ...(lastFailure
      ? [
          html`<span>Last failure ${formatAge(lastFailure.atSeconds, nowSeconds)}: ${visibleText(lastFailure.failure.message, maxMessageLength)}</span>`,
        ]
      : []),
  ];
}

function renderAddress(address: string | undefined): readonly Html[] {
  return address === undefined ? [] : [html`<code>${visibleText(address, maxNameLength)}</code>`];
}
