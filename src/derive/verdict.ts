import type { HostFigures, ListenFigures } from '../snapshot/host.ts';
import type { ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';
import type { Evidence, Verdict } from '../snapshot/verdict.ts';

/** All that is known when the verdict is derived. What is not known is absent and is evidence of nothing. */
export interface VerdictInput {
  readonly server: ServerKind;
  readonly outcome: ObservationOutcome;
  /** Of the last poll that was answered, this one not counted. */
  readonly before?: SlotFigures;
  readonly host?: Pick<HostFigures, 'listen' | 'listenComplete' | 'connections'>;
  /** Every worker process is stopped. */
  readonly stopped?: boolean;
  /** Connections nginx has dropped, as two polls in a row agree on; only of an answered poll. */
  readonly droppedSince?: number;
  /** Seconds since an error log last said that the server is out of slots; absent when none speaks for now. */
  readonly loggedSecondsAgo?: number;
  /** The page came over the observation lane, whose slot no visitor can have. */
  readonly viaLane?: boolean;
  /** Seconds between the connection and the answer; only of an answered poll. */
  readonly waitedSeconds?: number;
}

/** A visitor who has waited this long counts as one who gets no answer. */
export const visitorPatienceSeconds = 1;

/**
 * Whether a server is out of slots for a new visitor, and the evidence. It must tell full from down, hung, restarting
 * and merely slow; docs/verdict.md explains each row with the run in which it was seen.
 */
export function deriveVerdict(input: VerdictInput): Verdict {
  const { outcome } = input;
  return outcome.kind === 'answered'
    ? verdictOfAnswer(input, outcome.figures)
    : verdictOfFailure(input, outcome.failure.result);
}

function verdictOfAnswer(input: VerdictInput, figures: SlotFigures): Verdict {
  const evidence: Evidence[] = [];
  const waiting = visitorsWait(input);
  // The slot of the poll itself is free a moment later, so that a page without an idle slot is no proof by itself.
  const full = hasNoRoom(figures) && (input.viaLane === true || waiting);
  if (full) evidence.push('no_idle_slot');
  if (full && queueLength(input.host?.listen) > 0) evidence.push('accept_queue');
  if ((input.droppedSince ?? 0) > 0) evidence.push('dropped_connections');
  if ((full || input.server === 'nginx') && logSpeaks(input, figures)) evidence.push('error_log');
  return { exhausted: evidence.length > 0, evidence };
}

/** nginx writes a line for each visitor it turns away: one sample, and the time a log is read later. */
const turnedAwayWithinSeconds = 1.25;

/**
 * A page that shows room outweighs a line of some seconds ago, but not one of just now: one worker process can be full
 * while the others are not.
 */
function logSpeaks({ loggedSecondsAgo }: VerdictInput, figures: SlotFigures): boolean {
  if (loggedSecondsAgo === undefined) return false;
  // Idle connections are room: nginx gives them up for a visitor.
  const showsRoom = (figures.workerSaturation ?? 1) < 0.9;
  return !showsRoom || loggedSecondsAgo <= turnedAwayWithinSeconds;
}

/** Whether somebody, the poll included, waits or has waited longer than a visitor does. */
function visitorsWait({ host, waitedSeconds = 0 }: VerdictInput): boolean {
  const oldest = host?.connections?.oldestQueuedSeconds ?? 0;
  return Math.max(oldest, waitedSeconds) >= visitorPatienceSeconds;
}

/** Nothing a visitor could have: no worker idle or on its way. An nginx that answers had a connection for us. */
function hasNoRoom({ groups }: SlotFigures): boolean {
  const workers = groups.find(({ kind }) => kind === 'worker')?.counts;
  if (workers === undefined) return false;
  return (['idle', 'open', 'starting'] as const).every((state) => (workers.get(state) ?? 0) === 0);
}

function verdictOfFailure(input: VerdictInput, result: ScrapeFailureResult): Verdict {
  switch (result) {
    case 'refused':
      return { exhausted: false, evidence: [] };
    case 'response_timeout':
      return verdictOfSilence(input);
    case 'connect_timeout':
      // With the accept queue full the kernel drops SYNs; a timeout alone may be the network or a firewall.
      return isQueueFull(input.host?.listen) ? verdictOfFullQueue(input) : { evidence: [] };
    case 'empty_reply':
    case 'reset':
      return verdictOfHangUp(input);
    default:
      return { evidence: [] };
  }
}

function verdictOfFullQueue(input: VerdictInput): Verdict {
  const { evidence } = isHung(input) ? { evidence: [] } : { evidence: ['accept_queue'] as const };
  return { exhausted: evidence.length > 0, evidence };
}

/** The connection stood and nothing was said: full, hung, stopped, or slow. */
function verdictOfSilence(input: VerdictInput): Verdict {
  const listen = input.host?.listen ?? [];
  if (isHung(input)) return { exhausted: false, evidence: [] };
  const evidence: Evidence[] = ['connected_but_unanswered'];
  // Our own connection would wait in the queue of a full server; with an empty queue it was accepted: slow.
  if (listen.length > 0 && queueLength(listen) === 0) return { exhausted: false, evidence: [] };
  if (listen.length > 0) evidence.push('accept_queue');
  if (input.loggedSecondsAgo !== undefined) evidence.push('error_log');
  return { exhausted: true, evidence };
}

/** Whether a silent server has workers to spare and uses none of them. What the error log says comes first. */
function isHung({ server, host, before, stopped, loggedSecondsAgo }: VerdictInput): boolean {
  if (stopped === true) return true;
  if (loggedSecondsAgo !== undefined) return false;
  // nginx accepts at once and closes when it has no connection left: silence means it is slow or hung.
  if (server === 'nginx') return true;
  const listen = host?.listen ?? [];
  if (listen.length === 0) return false;
  // Connections on a port that is not watched would be missing in the count.
  if (host?.listenComplete === false) return false;
  // Processes that finish their last requests keep others from starting: a few connections can fill the server.
  if (before !== undefined && hasStoppingWorkers(before)) return false;
  return acceptedConnections(listen) < connectionsWhenFull(before);
}

function hasStoppingWorkers({ groups }: SlotFigures): boolean {
  return groups.some(({ counts }) => (counts.get('graceful') ?? 0) > 0);
}

/** nginx without a free connection closes what it has just accepted; Apache hangs up only when it ends. */
function verdictOfHangUp({ server, loggedSecondsAgo }: VerdictInput): Verdict {
  if (server !== 'nginx') return { evidence: [] };
  const evidence: Evidence[] = ['dropped_connections'];
  if (loggedSecondsAgo !== undefined) evidence.push('error_log');
  return { exhausted: true, evidence };
}

function queueLength(listen: readonly ListenFigures[] = []): number {
  return listen.reduce((sum, port) => sum + port.queueLength, 0);
}

function isQueueFull(listen: readonly ListenFigures[] = []): boolean {
  return listen.some(({ queueLength: length, queueLimit = Infinity, queueFull = false }) => {
    return queueFull || length >= queueLimit;
  });
}

/** Connections that the server's processes hold: with `ss` exactly, else what is open less what is queued. */
function acceptedConnections(listen: readonly ListenFigures[]): number {
  return listen.reduce((sum, { activities, connections, queueLength: queued }) => {
    if (activities === undefined) return sum + openConnections(connections) - queued;
    const { silent, active, sending, idle, closing } = activities;
    return sum + silent + active + sending + idle + closing;
  }, 0);
}

/** A client that has gone leaves close_wait: the worker that serves it does not know yet. */
function openConnections(connections: ListenFigures['connections']): number {
  return (connections['established'] ?? 0) + (connections['close_wait'] ?? 0);
}

/** A worker that closes a connection or writes its log line has none any more: one in ten may be at that. */
const shareHoldingConnections = 0.9;

/**
 * Connections that take every worker there was at the last answer. Slots that were still open do not count: processes
 * for them may have to be started first, and until then visitors wait. Without a figure from before, none is demanded.
 */
function connectionsWhenFull(before: SlotFigures | undefined): number {
  const workers = before?.groups.find(({ kind }) => kind === 'worker');
  const living = (workers?.limit?.value ?? 0) - (workers?.counts.get('open') ?? 0);
  return Math.floor(Math.max(0, living) * shareHoldingConnections);
}
