import {
  type ConnectionActivity,
  type ConnectionSummary,
  connectionActivities,
} from '../snapshot/connections.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SlotState } from '../snapshot/slots.ts';
import { formatAge, formatCount, formatDuration } from './format.ts';
import { type Html, html } from './html.ts';

export interface ActivityWords {
  readonly label: string;
  /** The slot state such a connection is drawn as; a queued one holds no slot. */
  readonly state?: SlotState;
}

/** What the kernel sees of a connection, in words and as a slot. */
export const activityTable: Readonly<Record<ConnectionActivity, ActivityWords>> = {
  idle: { label: 'idle keep-alive', state: 'keepalive' },
  active: { label: 'sending a request or being served', state: 'active' },
  sending: { label: 'downloading an answer', state: 'writing' },
  silent: { label: 'connected without a request', state: 'reading' },
  closing: { label: 'being closed', state: 'closing' },
  queued: { label: 'waiting in the accept queue' },
};

/** Who is connected, as the kernel tells it; nothing when nobody is. */
export function renderConnections(
  host: HostFigures | undefined,
  nowSeconds: number,
): Html | undefined {
  const connections = host?.connections;
  if (connections === undefined || totalOf(connections) === 0) return undefined;
  const { counts, clients, topClientConnections, oldestIdleSeconds } = connections;
  const read = host?.kernelReadAtSeconds;
  const age = read === undefined ? '' : `, read ${formatAge(read, nowSeconds)}`;
  return html`<section class="connections" aria-label="Connections"><h3>Connections</h3><dl>
${fact('Clients', formatCount(clients))}
${fact('Most held by one client', formatCount(topClientConnections))}
${fact('Oldest idle', oldestIdleSeconds === undefined ? 'none is idle' : formatDuration(oldestIdleSeconds))}
${fact('Waiting in the accept queue', formatCount(counts.queued))}
</dl><p class="todo">${describeCounts(connections)}; from the kernel’s socket data${age}.</p></section>`;
}

function fact(term: string, value: string): Html {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function totalOf({ counts }: ConnectionSummary): number {
  return connectionActivities.reduce((sum, activity) => sum + counts[activity], 0);
}

function describeCounts({ counts }: ConnectionSummary): string {
  const activities = Object.keys(activityTable) as readonly ConnectionActivity[];
  return activities
    .filter((activity) => counts[activity] > 0)
    .map((activity) => `${formatCount(counts[activity])} ${activityTable[activity].label}`)
    .join(', ');
}
