import type { ListenFigures } from '../snapshot/host.ts';
import type { ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';
import type { Evidence, Verdict } from '../snapshot/verdict.ts';

/** All that is known when the verdict is passed. What is not known is absent and speaks for nothing. */
export interface VerdictInput {
  readonly server: ServerKind;
  readonly outcome: ObservationOutcome;
  /** Of the last look that was answered, this one not counted. */
  readonly before?: SlotFigures;
  readonly listen?: readonly ListenFigures[];
  /** Every worker process is stopped. */
  readonly stopped?: boolean;
  /** Connections nginx has dropped since the look before; only of an answered look. */
  readonly droppedSince?: number;
  /** Whether the error log has said within the last seconds that the server is out of slots. */
  readonly errorLog?: boolean;
}

/**
 * Whether a server is out of slots for a new visitor, and what says so. It must tell full from down, hung, restarting
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
  const full = hasNoRoom(figures);
  if (full) evidence.push('no_idle_slot');
  if (full && queueLength(input.listen) > 0) evidence.push('accept_queue');
  if ((input.droppedSince ?? 0) > 0) evidence.push('dropped_connections');
  if ((full || input.server === 'nginx') && input.errorLog === true) evidence.push('error_log');
  return { exhausted: evidence.length > 0, evidence };
}

/** Nothing a visitor could have: no worker idle or on its way; nginx: nothing free and nothing to give up for one. */
function hasNoRoom({ groups, keepaliveModel }: SlotFigures): boolean {
  if (keepaliveModel === 'reclaimable') {
    const counts = groups[0]?.counts;
    return counts?.get('free') === 0 && counts.get('keepalive') === 0;
  }
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
      return isQueueFull(input.listen)
        ? { exhausted: true, evidence: ['accept_queue'] }
        : { evidence: [] };
    case 'empty_reply':
    case 'reset':
      return verdictOfHangUp(input);
    default:
      return { evidence: [] };
  }
}

/** The connection stood and nothing was said: full, hung, stopped, or slow. */
function verdictOfSilence(input: VerdictInput): Verdict {
  const { listen, before, stopped, errorLog } = input;
  if (stopped === true) return { exhausted: false, evidence: [] };
  if (input.server === 'nginx' && before !== undefined && errorLog !== true) {
    // nginx accepts at once and closes when it has no connection left: silence means it is slow or hung.
    return { exhausted: false, evidence: [] };
  }
  const evidence: Evidence[] = ['connected_but_unanswered'];
  if (listen !== undefined && listen.length > 0) {
    // Our own connection would wait in the queue of a full server; with an empty queue it was accepted: slow.
    if (queueLength(listen) === 0) return { exhausted: false, evidence: [] };
    // A queue that grows while many workers have no connection: nobody accepts any more, it hangs.
    if (acceptedConnections(listen) < connectionsWhenFull(before))
      return { exhausted: false, evidence: [] };
    evidence.push('accept_queue');
  }
  if (errorLog === true) evidence.push('error_log');
  return { exhausted: true, evidence };
}

/** nginx without a free connection closes what it has just accepted; Apache hangs up only when it ends. */
function verdictOfHangUp({ server, errorLog }: VerdictInput): Verdict {
  if (server !== 'nginx') return { evidence: [] };
  const evidence: Evidence[] = ['dropped_connections'];
  if (errorLog === true) evidence.push('error_log');
  return { exhausted: true, evidence };
}

function queueLength(listen: readonly ListenFigures[] = []): number {
  return listen.reduce((sum, port) => sum + port.queueLength, 0);
}

function isQueueFull(listen: readonly ListenFigures[] = []): boolean {
  return listen.some(({ queueLength: length, queueLimit }) => length >= (queueLimit ?? Infinity));
}

function acceptedConnections(listen: readonly ListenFigures[]): number {
  const open = listen.reduce((sum, { connections }) => sum + heldConnections(connections), 0);
  return open - queueLength(listen);
}

/** A client that has gone leaves close_wait: the worker that serves it does not know yet. */
function heldConnections(connections: ListenFigures['connections']): number {
  return (connections['established'] ?? 0) + (connections['close_wait'] ?? 0);
}

/** A worker that closes a connection or writes its log line has none any more: one in ten may be at that. */
const shareHoldingConnections = 0.9;

/** Connections that take every worker; without a figure from before, none is demanded. */
function connectionsWhenFull(before: SlotFigures | undefined): number {
  const limit = before?.groups.find(({ kind }) => kind === 'worker')?.limit?.value ?? 0;
  return Math.floor(limit * shareHoldingConnections);
}
