import type { ScrapeFailure } from '../snapshot/scrape.ts';
import type { SlotFigures, SlotsSource } from '../snapshot/slots.ts';
import type { Observation } from '../snapshot/target-view.ts';
import { renderAdvice } from './advice.ts';
import { renderResultBadge, renderVerdictBadge } from './badge.ts';
import { describeSlotGroup, renderSlotGroup } from './bar.ts';
import { buildBoards } from './boards.ts';
import { renderConfigFindings } from './config-findings.ts';
import { renderConnections } from './connections.ts';
import { formatAge, formatCount, formatDuration, formatLatency } from './format.ts';
import { type Html, html } from './html.ts';
import { renderLogSources } from './log-sources.ts';
import type { PageSlotHolder, PageTarget } from './model.ts';
import { isUnansweredWithoutCause, isUp } from './rank.ts';
import { describeRatios, renderRatios } from './ratios.ts';
import { renderBoard } from './render-board.ts';
import { maxNameLength, visibleText } from './visible-text.ts';
import { evidenceWords, keepaliveModelWords, serverNames, slotsSourceWords } from './words.ts';

const maxMessageLength = 600;

export interface CardContext {
  readonly nowSeconds: number;
  /** Anchor of the card. The overview links to it. */
  readonly id: string;
}

/** One target: what it is, how full it is, and what is wrong. */
export function renderCard(target: PageTarget, context: CardContext): Html {
  const { view, lastAnswered, verdict, slotHolders, logSources } = target;
  const answered = view?.observation.outcome.kind === 'answered' ? view.observation : lastAnswered;
  return html`<article class="card" id="${context.id}" data-name="${visibleText(target.identity.name, maxNameLength)}" aria-labelledby="${context.id}-name">
<header><div><h2 id="${context.id}-name">${visibleText(target.identity.name, maxNameLength)}</h2><p class="what">${describeServer(target, answered)}</p></div>
<div class="badges">${renderVerdictBadge(target)}${renderResultBadge(target)}</div></header>
${renderFailureNow(target)}
${verdict?.exhausted ? renderEvidence(verdict.evidence) : undefined}
${isUnansweredWithoutCause(target) ? unansweredNote : undefined}
${renderFigures(target, context)}
${renderConnections(view, context.nowSeconds)}
${view?.config && renderConfigFindings(view.config)}
${renderAdvice(target.advice)}
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

function renderFigures(target: PageTarget, { nowSeconds, id }: CardContext): Html {
  const { view, lastAnswered, identity } = target;
  const boards = buildBoards(view);
  const figures = view?.figures;
  if (figures === undefined) return renderLastKnown(lastAnswered, nowSeconds);
  return html`<div class="figures">
${renderRatios(figures)}
${renderSource(view?.slotsSource, isUp(target))}
${figures.groups.map((group, i) => {
  const board = boards[i];
  return renderSlotGroup(
    group,
    identity.server,
    board && renderBoard(board, `${id}-${group.kind}`),
  );
})}
${renderModel(figures)}
</div>`;
}

function renderSource(source: SlotsSource | undefined, up: boolean): Html | undefined {
  const words = source && slotsSourceWords[source];
  const silence = source === 'kernel' && !up ? '; the status page did not answer' : '';
  return words === undefined ? undefined : html`<p class="source">${words}${silence}.</p>`;
}

/** In small type and with the time, so that nobody reads old figures as current ones. */
function renderLastKnown(last: Observation | undefined, nowSeconds: number): Html {
  if (last?.outcome.kind !== 'answered') return html``;
  const { figures } = last.outcome;
  const at = new Date(last.atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return html`<p class="stale-note"><b>The current slots are unknown.</b> Last known values, ${formatAge(last.atSeconds, nowSeconds)} (${at} UTC): ${describeRatios(figures)}${figures.groups.map((group) => html`; ${describeSlotGroup(group)}`)}.</p>`;
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

const unansweredNote = html`<p class="evidence"><b>Visitors get no answer, and the cause is unknown.</b> The server may be full, stopped, starting or restarting.</p>`;

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
  if (target.logsOnly)
    return [html`<span>No status page is configured. Only logs are read.</span>`];
  if (view === undefined) return [html`<span>Not polled yet</span>`, ...renderAddress(address)];
  const { atSeconds, timings } = view.observation;
  return [
    html`<span>Polled ${formatAge(atSeconds, nowSeconds)}</span>`,
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
