import type { AdvisedServer } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { KeepaliveModel } from '../snapshot/prediction.ts';
import { formatCount, formatPercent, formatSpan } from './format-figures.ts';

/** A share of lines that is worth a word. */
const noteworthy = 0.02;

interface Subject {
  readonly summary: GapSummary;
  readonly server: AdvisedServer;
}

/** What is lacking for an advice. */
export function findMissing(
  { summary, server }: Subject,
  least: { readonly seconds: number; readonly connections: number },
): readonly string[] {
  const { requests, connections, observedSeconds, quirks } = summary;
  if (requests === 0 && quirks.linesWithoutConnection > 0) {
    return [`the log does not tell which requests share a connection. ${fieldsToAdd(server)}`];
  }
  if (requests === 0 && quirks.linesWithoutTime > 0) {
    return [
      'of no line the time could be read: check that the format is that of the log, and that it has $msec, %{end:msec}t or another time',
    ];
  }
  const missing: string[] = [];
  if (observedSeconds < least.seconds) {
    missing.push(`${formatSpan(observedSeconds)} of traffic; ${formatSpan(least.seconds)} wanted`);
  }
  if (connections < least.connections) {
    missing.push(
      `${formatCount(connections)} connections; ${formatCount(least.connections)} wanted`,
    );
  }
  return missing;
}

function fieldsToAdd(server: AdvisedServer): string {
  return server === 'nginx'
    ? 'Add " $msec $connection $connection_requests $request_time" to the end of its log_format'
    : 'Add " %D %k %X %{c}a %{remote}p %{end:msec}t" to the end of its LogFormat';
}

/** What the figures rest on, and what they lack. */
export function describeBasis(summary: GapSummary, model: KeepaliveModel): readonly string[] {
  const { requests, connections, observedSeconds, reusedRequests } = summary;
  if (requests === 0) return [...describeQuirks(summary)];
  const traffic = `${formatSpan(observedSeconds)} of traffic: ${formatCount(requests)} requests, ${formatCount(connections)} on a new connection and ${formatCount(reusedRequests)} on one already open`;
  return [traffic, ...describeModel(summary, model), ...describeQuirks(summary)];
}

const day = 86_400;

function* describeModel(summary: GapSummary, model: KeepaliveModel): Generator<string> {
  const { meanTailSeconds, todaySeconds, slots } = model;
  if (summary.observedSeconds < day) yield 'less than a day: the busiest hour may not be in it';
  yield meanTailSeconds === undefined
    ? 'keep-alive slots were not measured: low figures hold if all clients close after their last response, high ones if none does'
    : `clients stay ${meanTailSeconds.toFixed(1)} s on average after their last response, as the measured keep-alive slots say`;
  if (todaySeconds === undefined) {
    yield "today's timeout is not known: what a longer one would gain is left out";
  }
  if (slots === undefined)
    yield 'the number of slots is not known: whether a timeout fits is left out (--slots; for the exporter that runs, capacity.slots)';
  if (model.isBehindProxy) {
    yield 'a few addresses make nearly all connections, so the clients are a proxy: what a longer timeout would gain is left out';
  }
  if (model.wasFull) yield* describeFullServer(model);
}

function* describeFullServer({ predictions, todaySeconds }: KeepaliveModel): Generator<string> {
  const today = predictions.find(({ timeoutSeconds }) => timeoutSeconds === todaySeconds);
  const share = today?.fullTimeRatio ?? 0;
  if (share > 0) {
    yield `with today's timeout all slots were held for up to ${formatPercent(share)} of the time: visitors that gave up are in no log, so demand is higher than the figures`;
  }
  yield 'visitors may have waited for a slot, and the log shows them later than they came: so bursts are higher than it shows; the high figures of the busiest moment allow for random bursts around a full server. Ask again with a log of the new setting';
}

function* describeQuirks({
  requests,
  quirks,
  openConnections,
  addresses,
}: GapSummary): Generator<string> {
  const isNoteworthy = (lines: number) => lines > noteworthy * requests;
  if (isNoteworthy(quirks.wholeSecondLines)) {
    yield 'times are whole seconds, so single gaps are wrong by up to one; add $msec or %{end:msec}t to the format';
  }
  if (isNoteworthy(quirks.linesWithoutDuration)) {
    yield 'lines without a duration: gaps include the time of the request; add $request_time or %D to the format';
  }
  if (isNoteworthy(quirks.multiplexedRequests)) {
    yield `${formatPercent(quirks.multiplexedRequests / requests)} of the requests are HTTP/2 or HTTP/3: a log tells only when they ended, so gaps of their connections are estimates`;
  }
  if (quirks.linesWithoutConnection > 0) {
    yield `${formatCount(quirks.linesWithoutConnection)} lines do not tell their connection and are left out`;
  }
  if (quirks.clockJumps > 0)
    yield `the clock of the log went back ${formatCount(quirks.clockJumps)} times`;
  if (quirks.holeSeconds > 0) yield `${formatSpan(quirks.holeSeconds)} without a line are left out`;
  const evicted = openConnections.evicted + addresses.evicted;
  if (evicted > 0)
    yield `${formatCount(evicted)} connections and addresses were forgotten early: the tables were full`;
}
