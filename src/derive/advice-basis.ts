import type { AdvisedServer } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { KeepaliveModel } from '../snapshot/prediction.ts';
import { formatCount, formatPercent, formatSpan } from './format-figures.ts';

/** Share of lines from which on a note is written. */
const noteworthy = 0.02;

interface Subject {
  readonly summary: GapSummary;
  readonly server: AdvisedServer;
}

/** What is missing for an advice. */
export function findMissing(
  { summary, server }: Subject,
  minimum: { readonly seconds: number; readonly connections: number },
): readonly string[] {
  const { requests, connections, observedSeconds, quirks } = summary;
  if (requests === 0 && quirks.linesWithoutConnection > 0) {
    return [`the log does not show which requests share a connection. ${fieldsToAdd(server)}`];
  }
  if (requests === 0 && quirks.linesWithoutTime > 0) {
    return [
      'no line has a readable time: check that the format matches the log, and that it has $msec, %{end:msec}t or another time',
    ];
  }
  const missing: string[] = [];
  if (observedSeconds < minimum.seconds) {
    // Rounded apart: 599 seconds are not the 10 minutes that are needed.
    const needed = formatSpan(minimum.seconds, Math.ceil);
    missing.push(`only ${formatSpan(observedSeconds)} of the ${needed} of traffic that are needed`);
  }
  if (connections < minimum.connections) {
    missing.push(
      `only ${formatCount(connections)} of the ${formatCount(minimum.connections)} connections that are needed`,
    );
  }
  return missing;
}

function fieldsToAdd(server: AdvisedServer): string {
  return server === 'nginx'
    ? 'Add " $msec $connection $connection_requests $request_time" to the end of its log_format'
    : 'Add " %D %k %X %{c}a %{remote}p %{end:msec}t" to the end of its LogFormat';
}

/** What the figures are based on, and what limits them. */
export function describeBasis(summary: GapSummary, model: KeepaliveModel): readonly string[] {
  const { requests, connections, observedSeconds, reusedRequests } = summary;
  if (requests === 0) return [...describeQuirks(summary)];
  const traffic = `${formatSpan(observedSeconds)} of traffic: ${formatCount(requests)} requests, ${formatCount(connections)} on a new connection and ${formatCount(reusedRequests)} on one already open`;
  return [traffic, ...describeModel(summary, model), ...describeQuirks(summary)];
}

const day = 86_400;

function* describeModel(summary: GapSummary, model: KeepaliveModel): Generator<string> {
  const { meanTailSeconds, todaySeconds, slots } = model;
  if (summary.observedSeconds < day)
    yield 'the log covers less than a day: the busiest hour may be missing';
  yield meanTailSeconds === undefined
    ? 'keep-alive slots were not measured: low figures assume that all clients close after their last response, high figures that none does'
    : `clients stay ${meanTailSeconds.toFixed(1)} s on average after their last response, according to the measured keep-alive slots`;
  if (todaySeconds === undefined) {
    yield "today's timeout is not known: the gain of a longer timeout is left out";
  }
  if (slots === undefined)
    yield 'the number of slots is not known, so it is not checked whether a timeout fits (set --slots, or capacity.slots of a running exporter)';
  if (model.isBehindProxy) {
    yield 'a few addresses open nearly all connections, so the clients are proxies: the gain of a longer timeout is left out';
  }
  if (model.wasFull) yield* describeFullServer(model);
}

function* describeFullServer({ predictions, todaySeconds }: KeepaliveModel): Generator<string> {
  const today = predictions.find(({ timeoutSeconds }) => timeoutSeconds === todaySeconds);
  const share = today?.fullTimeRatio ?? 0;
  if (share > 0) {
    yield `with today's timeout all slots were in use for up to ${formatPercent(share)} of the time: visitors who gave up are not in the log, so demand is higher than the figures`;
  }
  yield 'visitors may have waited for a slot, so the log shows them later than they arrived, and bursts are higher than it shows. The high figures of the busiest moment allow for random bursts on a full server. Run the advice again with a log of the new setting';
}

function* describeQuirks({
  requests,
  quirks,
  openConnections,
  addresses,
}: GapSummary): Generator<string> {
  const isNoteworthy = (lines: number) => lines > noteworthy * requests;
  if (isNoteworthy(quirks.wholeSecondLines)) {
    yield 'times are whole seconds, so each gap is wrong by up to one second; add $msec or %{end:msec}t to the format';
  }
  if (isNoteworthy(quirks.linesWithoutDuration)) {
    yield 'some lines have no duration, so gaps include the time of the request; add $request_time or %D to the format';
  }
  if (isNoteworthy(quirks.multiplexedRequests)) {
    yield `${formatPercent(quirks.multiplexedRequests / requests)} of the requests are HTTP/2 or HTTP/3: the log shows only when they ended, so gaps on their connections are estimates`;
  }
  if (quirks.linesWithoutConnection > 0) {
    yield `${formatCount(quirks.linesWithoutConnection)} lines do not identify their connection and are left out`;
  }
  if (quirks.clockJumps > 0)
    yield `the clock of the log went back ${formatCount(quirks.clockJumps)} times`;
  if (quirks.holeSeconds > 0)
    yield `${formatSpan(quirks.holeSeconds)} without any line are left out`;
  const evicted = openConnections.evicted + addresses.evicted;
  if (evicted > 0)
    yield `${formatCount(evicted)} connections and addresses were dropped early: the tables were full`;
}
