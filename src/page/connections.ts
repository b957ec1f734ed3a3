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

/** While a server is calm the kernel is read only for scrapes and for people; older than this it is of another time. */
const currentSeconds = 10;

/** What the kernel showed at about the time of the slots; its figures of an hour ago would pass for those of now. */
export function currentConnections(view: TargetView): ConnectionSummary | undefined {
  const { host, slotsSource, observation } = view;
  const behind = observation.atSeconds - (host?.kernelReadAtSeconds ?? 0);
  return slotsSource === 'kernel' || behind <= currentSeconds ? host?.connections : undefined;
}

/** Who is connected, as the kernel tells it; nothing when nobody is. */
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

/** Each second in the live stream too: it must not differ from the age that the board names. */
export function describeOldestIdle({ oldestIdleSeconds }: ConnectionSummary): string {
  return oldestIdleSeconds === undefined ? 'none is idle' : formatDuration(oldestIdleSeconds);
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
