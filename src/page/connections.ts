import { keysOf } from '../parse/record-of.ts';
import {
  type ConnectionActivity,
  type ConnectionSummary,
  connectionActivities,
} from '../snapshot/connections.ts';
import type { SlotState } from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { formatAge, formatCount, formatDuration } from './format.ts';
import { type Html, html } from './html.ts';

export interface ActivityWords {
  readonly label: string;
  /** The slot state that the board shows for the connection. A queued one has no slot. */
  readonly state?: SlotState;
}

/** Each activity of a connection as text and as a slot state. */
export const activityTable: Readonly<Record<ConnectionActivity, ActivityWords>> = {
  idle: { label: 'idle keep-alive', state: 'keepalive' },
  active: { label: 'sending a request or being served', state: 'active' },
  sending: { label: 'downloading an answer', state: 'writing' },
  silent: { label: 'connected without a request', state: 'reading' },
  closing: { label: 'being closed', state: 'closing' },
  queued: { label: 'waiting in the accept queue' },
};

/** Kernel figures older than this do not match the slots: for a calm server the kernel is read only on request. */
const maxAgeSeconds = 10;

/** The kernel's figures, if they are about as old as the slots. Older ones would mislead. */
export function currentConnections(view: TargetView): ConnectionSummary | undefined {
  const { host, slotsSource, observation } = view;
  const behind = observation.atSeconds - (host?.kernelReadAtSeconds ?? 0);
  return slotsSource === 'kernel' || behind <= maxAgeSeconds ? host?.connections : undefined;
}

/** Who is connected, according to the kernel; nothing if there are no connections. */
export function renderConnections(
  view: TargetView | undefined,
  nowSeconds: number,
): Html | undefined {
  const connections = view && currentConnections(view);
  if (connections === undefined || totalOf(connections) === 0) return undefined;
  const { counts, clients, topClientConnections } = connections;
  const read = view?.host?.kernelReadAtSeconds;
  const age = read === undefined ? '' : `, read ${formatAge(read, nowSeconds)}`;
  return html`<section class="connections" aria-label="Who is connected"><h3>Who is connected</h3><dl>
${fact('Clients', formatCount(clients))}
${fact('Most held by one client', formatCount(topClientConnections))}
<div><dt>Oldest idle</dt><dd class="oldest-idle">${describeOldestIdle(connections)}</dd></div>
${fact('Waiting in the accept queue', formatCount(counts.queued))}
</dl><p class="todo">${describeCounts(connections)}; from the kernel&rsquo;s socket data${age}.</p></section>`;
}

/** The live stream updates it each second, so that it matches the ages on the board. */
export function describeOldestIdle({ oldestIdleSeconds }: ConnectionSummary): string {
  return oldestIdleSeconds === undefined ? 'none idle' : formatDuration(oldestIdleSeconds);
}

function fact(term: string, value: string): Html {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function totalOf({ counts }: ConnectionSummary): number {
  return connectionActivities.reduce((sum, activity) => sum + counts[activity], 0);
}

function describeCounts({ counts }: ConnectionSummary): string {
  return keysOf(activityTable)
    .filter((activity) => counts[activity] > 0)
    .map((activity) => `${formatCount(counts[activity])} ${activityTable[activity].label}`)
    .join(', ');
}
