import type { HostFigures, ListenFigures } from '../snapshot/host.ts';
import type { ScrapeFailure } from '../snapshot/scrape.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';
import type { Evidence, Verdict } from '../snapshot/verdict.ts';

/** The inputs of a verdict. An unknown input is absent and is evidence of nothing. */
export interface VerdictInput {
  readonly server: ServerKind;
  readonly outcome: ObservationOutcome;
  /** The figures of the previous answered poll. */
  readonly before?: SlotFigures;
  readonly host?: Pick<HostFigures, 'listen' | 'listenComplete' | 'connections'>;
  /** Every worker process is stopped. */
  readonly stopped?: boolean;
  /** Connections dropped by nginx, confirmed by two polls in a row; only with an answered poll. */
  readonly droppedSince?: number;
  /** Seconds since an error log last reported that no slot is left; absent without a recent line. */
  readonly loggedSecondsAgo?: number;
  /** The page came over the observation lane, whose slot no visitor can use. */
  readonly viaLane?: boolean;
  /** Seconds from the connection to the answer; only with an answered poll. */
  readonly waitedSeconds?: number;
}

/** A visitor who has waited this long counts as unanswered. */
export const visitorPatienceSeconds = 1;

/**
 * Whether no slot is free for a new visitor, with the evidence. The verdict must distinguish full from down, hung,
 * restarting and slow; docs/verdict.md explains each case.
 */
export function deriveVerdict(input: VerdictInput): Verdict {
  const { outcome } = input;
  return outcome.kind === 'answered'
    ? verdictOfAnswer(input, outcome.figures)
    : verdictOfFailure(input, outcome.failure);
}

function verdictOfAnswer(input: VerdictInput, figures: SlotFigures): Verdict {
  const evidence: Evidence[] = [];
  const waiting = visitorsWait(input);
  // The slot of the poll itself is free a moment later, so a page without an idle slot is not proof on its own.
  const full = hasNoRoom(figures) && (input.viaLane === true || waiting);
  if (full) evidence.push('no_idle_slot');
  if (full && queueLength(input.host?.listen) > 0) evidence.push('accept_queue');
  if ((input.droppedSince ?? 0) > 0) evidence.push('dropped_connections');
  if ((full || input.server === 'nginx') && isLogEvidence(input, figures))
    evidence.push('error_log');
  return { exhausted: evidence.length > 0, evidence };
}

/** nginx logs each visitor it turns away. This is one sampling interval plus the delay of reading the log. */
const turnedAwayWithinSeconds = 1.25;

/**
 * A page with free slots outweighs a log line that is some seconds old, but not one from just now: one worker process
 * can be full while the others are not.
 */
function isLogEvidence({ loggedSecondsAgo }: VerdictInput, figures: SlotFigures): boolean {
  if (loggedSecondsAgo === undefined) return false;
  // Idle connections count as free: nginx closes them for a visitor.
  const showsRoom = (figures.workerSaturation ?? 1) < 0.9;
  return !showsRoom || loggedSecondsAgo <= turnedAwayWithinSeconds;
}

/** Whether a visitor or the poll has waited longer than a visitor accepts. */
function visitorsWait({ host, waitedSeconds = 0 }: VerdictInput): boolean {
  const oldest = host?.connections?.oldestQueuedSeconds ?? 0;
  return Math.max(oldest, waitedSeconds) >= visitorPatienceSeconds;
}

/** Whether no worker is idle or about to be. An nginx that answers had a connection for the poll. */
function hasNoRoom({ groups }: SlotFigures): boolean {
  const workers = groups.find(({ kind }) => kind === 'worker')?.counts;
  if (workers === undefined) return false;
  return (['idle', 'open', 'starting'] as const).every((state) => (workers.get(state) ?? 0) === 0);
}

function verdictOfFailure(input: VerdictInput, failure: ScrapeFailure): Verdict {
  switch (failure.result) {
    case 'refused':
      return { exhausted: false, evidence: [] };
    case 'response_timeout':
      return verdictOfSilence(input, failure);
    case 'connect_timeout':
      // With a full accept queue the kernel drops SYNs; a timeout alone may come from the network or a firewall.
      return isQueueFull(input.host?.listen) ? verdictOfFullQueue(input) : { evidence: [] };
    case 'empty_reply':
    case 'reset':
      // What cuts an answer short is a reload or a broken answer: the server had a connection for the poll.
      return failure.answerBegan === true ? { evidence: [] } : verdictOfHangUp(input);
    default:
      return { evidence: [] };
  }
}

function verdictOfFullQueue(input: VerdictInput): Verdict {
  const { evidence } = isHung(input) ? { evidence: [] } : { evidence: ['accept_queue'] as const };
  return { exhausted: evidence.length > 0, evidence };
}

/** The connection was established but not answered: the server is full, hung, stopped or slow. */
function verdictOfSilence(input: VerdictInput, { answerBegan }: ScrapeFailure): Verdict {
  const listen = input.host?.listen ?? [];
  if (isHung(input)) return { exhausted: false, evidence: [] };
  // A worker took the poll. What comes to no end is its answer.
  if (answerBegan === true) return { evidence: [] };
  const evidence: Evidence[] = ['connected_but_unanswered'];
  // The connection of the poll would wait in the queue of a full server. The queue is empty, so it was accepted: the
  // server is slow.
  if (listen.length > 0 && queueLength(listen) === 0) return { exhausted: false, evidence: [] };
  if (listen.length > 0) evidence.push('accept_queue');
  if (input.loggedSecondsAgo !== undefined) evidence.push('error_log');
  return { exhausted: true, evidence };
}

/** Whether a server that does not answer has free workers and uses none of them. Its error log takes precedence. */
function isHung({ server, host, before, stopped, loggedSecondsAgo }: VerdictInput): boolean {
  if (stopped === true) return true;
  if (loggedSecondsAgo !== undefined) return false;
  // nginx accepts at once, and closes when it has no connection left: without an answer it is slow or hung.
  if (server === 'nginx') return true;
  const listen = host?.listen ?? [];
  if (listen.length === 0) return false;
  // The count would miss connections on ports that are not watched.
  if (host?.listenComplete === false) return false;
  // Processes that finish their last requests keep new ones from starting: a few connections can fill the server.
  if (before !== undefined && hasStoppingWorkers(before)) return false;
  return acceptedConnections(listen) < connectionsWhenFull(before);
}

function hasStoppingWorkers({ groups }: SlotFigures): boolean {
  return groups.some(({ counts }) => (counts.get('graceful') ?? 0) > 0);
}

/**
 * nginx without a free connection closes what it has just accepted. Apache closes without an answer only when it stops.
 */
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

/** Connections that the server's processes hold: exact with `ss`, else the open ones without the queued ones. */
function acceptedConnections(listen: readonly ListenFigures[]): number {
  return listen.reduce((sum, { activities, connections, queueLength: queued }) => {
    if (activities === undefined) return sum + openConnections(connections) - queued;
    const { silent, active, sending, idle, closing } = activities;
    return sum + silent + active + sending + idle + closing;
  }, 0);
}

/** A client that has left leaves close_wait until its worker notices. */
function openConnections(connections: ListenFigures['connections']): number {
  return (connections['established'] ?? 0) + (connections['close_wait'] ?? 0);
}

/**
 * A worker that closes a connection or writes its log line has no connection: up to one in ten may be in that state.
 */
const shareHoldingConnections = 0.9;

/**
 * Connections that occupy every worker of the last answer. Slots that were open then do not count: their processes may
 * have to start first, and visitors wait until then. Without an earlier answer the result is 0.
 */
function connectionsWhenFull(before: SlotFigures | undefined): number {
  const workers = before?.groups.find(({ kind }) => kind === 'worker');
  const living = (workers?.limit?.value ?? 0) - (workers?.counts.get('open') ?? 0);
  return Math.floor(Math.max(0, living) * shareHoldingConnections);
}
