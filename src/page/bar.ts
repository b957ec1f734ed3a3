import type { SlotGroup, SlotState } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { formatCount, formatPercent } from './format.ts';
import { type Html, html } from './html.ts';
import { slotPalette, slotStackOrder } from './slot-palette.ts';
import { limitSourceWords, slotKindWords } from './words.ts';

/** One stacked bar with its caption and legend. The legend shows the same figures as text. */
export function renderSlotGroup(group: SlotGroup, server: ServerKind, board?: Html): Html {
  const segments = measureSegments(group);
  return html`<section class="slots" aria-label="${slotKindWords[group.kind].title}">
<div class="slots-head"><h3>${slotKindWords[group.kind].title}</h3>${renderLimit(group)}</div>
<svg class="bar" role="img" aria-label="${describeSegments(group, segments)}">${segments.map(renderSegment)}</svg>
${board}
<ul class="legend">${segments.map(renderLegendEntry)}</ul>
${group.limit ? undefined : html`<p class="todo">${limitRemedy(group, server)}</p>`}
${group.kind === 'connection' && server === 'apache' ? (group.fromKernel ? eventFromKernel : eventLag) : undefined}
</section>`;
}

/** event.c updates these counts for mod_status only when a timeout queue is processed (`if (expiry && expiry < now)`). */
const eventLag = html`<p class="todo">Apache updates these counts only when the timeout of a connection ends, so they lag by up to KeepAliveTimeout.</p>`;

const eventFromKernel = html`<p class="todo">From the kernel, because the counts of Apache lag by up to KeepAliveTimeout.</p>`;

interface Segment {
  readonly state: SlotState;
  readonly count: number;
  /** Share of all slots shown in the bar. */
  readonly share: number;
  /** Percent of the bar's width. */
  readonly offset: number;
  readonly width: number;
}

/** A narrower segment is invisible, but one stuck worker of a thousand must be visible. */
const minWidth = 0.6;

function measureSegments(group: SlotGroup): readonly Segment[] {
  const shown = slotStackOrder
    .map((state) => ({ state, count: group.counts.get(state) ?? 0 }))
    .filter(({ count }) => count > 0);
  const total = shown.reduce((sum, { count }) => sum + count, 0);
  const wide = shown.map(({ count }) => Math.max(minWidth, (count / total) * 100));
  const scale = 100 / wide.reduce((sum, width) => sum + width, 0);
  let offset = 0;
  return shown.map(({ state, count }, i) => {
    const width = (wide[i] ?? 0) * scale;
    const segment = { state, count, share: count / total, offset, width };
    offset += width;
    return segment;
  });
}

function renderSegment({ state, count, share, offset, width }: Segment): Html {
  return html`<rect class="${stateClass(state)}" x="${offset.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"><title>${slotPalette[state].label}: ${formatCount(count)} (${formatPercent(share)})</title></rect>`;
}

function renderLegendEntry({ state, count, share }: Segment): Html {
  return html`<li><span class="swatch ${stateClass(state)}" aria-hidden="true"></span>${slotPalette[state].label} <b>${formatCount(count)}</b> <small>${formatPercent(share)}</small></li>`;
}

/** The style sheet has one class for each state, because a `style` attribute needs a weaker content security policy. */
export function stateClass(state: SlotState): string {
  return `state-${state}`;
}

function renderLimit({ limit, kind }: SlotGroup): Html {
  if (limit === undefined) return html`<p class="limit unknown">limit unknown</p>`;
  const words = slotKindWords[kind];
  return html`<p class="limit"><b>${formatCount(limit.value)}</b> ${limit.value === 1 ? words.one : words.many}, ${limitSourceWords[limit.source]}</p>`;
}

/** The states of a group in one line of text. */
export function describeSlotGroup(group: SlotGroup): string {
  return describeSegments(group, measureSegments(group));
}

function describeSegments(group: SlotGroup, segments: readonly Segment[]): string {
  const { title } = slotKindWords[group.kind];
  const states = segments.map(({ state, count }) => `${count} ${slotPalette[state].label}`);
  const of = group.limit ? ` of ${group.limit.value}` : '';
  return `${title}: ${states.length > 0 ? states.join(', ') : 'none'}${of}`;
}

/** The setting that makes the ratio appear. It depends on what the server does not report. */
function limitRemedy({ kind }: SlotGroup, server: ServerKind): Html {
  if (server === 'nginx') {
    return html`stub_status does not show how many connections nginx can hold. To see ratios, set <code>capacity.config_file</code> to its nginx.conf, or set <code>capacity.worker_connections</code> and <code>capacity.worker_processes</code>.`;
  }
  if (kind === 'connection') {
    return html`The status page does not show the connection limit of the event MPM. To see the ratio, set <code>capacity.threads_per_child</code> to its ThreadsPerChild.`;
  }
  return html`The status page has no usable scoreboard. To see ratios, set <code>capacity.slots</code> to MaxRequestWorkers.`;
}
