import type { HandshakeFigures } from '../derive/handshakes.ts';
import type { Plan } from '../derive/plan.ts';
import { alignColumns } from './align-columns.ts';

type Row = readonly [figure: string, value: string, how: string];

/** The plan as a table: each figure with its value and its formula. */
export function renderPlan(plan: Plan): string {
  const rows = [
    ...givenRows(plan),
    ...rateRows(plan),
    ...slotRows(plan),
    ...holdRows(plan),
    ...waitingRows(plan),
    ...memoryRows(plan),
    ...(plan.handshakes === undefined ? [] : handshakeRows(plan.handshakes)),
  ];
  const findings = plan.findings.map(({ message }) => `\nThis plan does not hold: ${message}.\n`);
  return alignColumns(rows) + findings.join('');
}

function givenRows(plan: Plan): readonly Row[] {
  const { slots, slotsInMemory, holdSeconds, visitorsPerSecond, peakVisitorsPerSecond } = plan;
  const peak = peakVisitorsPerSecond;
  return [
    ...row('slots', slots, whole, slots === slotsInMemory ? 'memory / memory of one worker' : ''),
    ...row('hold time', holdSeconds, seconds, perConnection(plan)),
    ...row(
      'visitors',
      visitorsPerSecond,
      perSecond,
      peak === undefined ? '' : `the peak: ${decimal(peak[0])} to ${decimal(peak[1])} per second`,
    ),
  ];
}

function perConnection({ connectionsPerVisitor }: Plan): string {
  return connectionsPerVisitor === 1
    ? ''
    : `on each of ${decimal(connectionsPerVisitor)} connections of a visitor`;
}

/** A maximum is rounded down: of 36.57 visitors per second 36 are served. */
function rateRows(plan: Plan): readonly Row[] {
  const { ceilingVisitorsPerSecond, fewWaitVisitorsPerSecond, connectionsPerVisitor } = plan;
  const hold = connectionsPerVisitor === 1 ? 'hold time' : '(connections x hold time)';
  return [
    ...row(
      'ceiling',
      ceilingVisitorsPerSecond,
      floorPerSecond,
      `slots / ${hold}; above it the queue grows without end`,
    ),
    ...row('few wait: rate', fewWaitVisitorsPerSecond, floorPerSecond, fewWait),
  ];
}

const fewWait = 'fewer than 1 visitor in 100 waits (Erlang C)';

/** What the visitors of a second open. */
function arrivals({ connectionsPerVisitor }: Plan): string {
  return connectionsPerVisitor === 1 ? 'visitors' : 'visitors x connections';
}

function slotRows(plan: Plan): readonly Row[] {
  const { neededSlots, fewWaitSlots } = plan;
  return [
    ...row('needed slots', neededSlots, whole, `${arrivals(plan)} x hold time, all of them in use`),
    ...row('few wait: slots', fewWaitSlots, whole, fewWait),
  ];
}

function holdRows(plan: Plan): readonly Row[] {
  const { longestHoldSeconds, fewWaitHoldSeconds, connectionsPerVisitor } = plan;
  const by = connectionsPerVisitor === 1 ? arrivals(plan) : `(${arrivals(plan)})`;
  return [
    ...row('longest hold time', longestHoldSeconds, seconds, `slots / ${by}, all of them in use`),
    ...row('few wait: hold time', fewWaitHoldSeconds, seconds, fewWait),
  ];
}

function waitingRows(plan: Plan): readonly Row[] {
  const { usedRatio, waitProbability, meanWaitSeconds } = plan;
  return [
    ...row('slots in use', usedRatio, percent, `${arrivals(plan)} x hold time / slots`),
    ...row('visitors who wait', waitProbability, percent, 'Erlang C'),
    ...row('mean wait', meanWaitSeconds, seconds, 'of all visitors'),
  ];
}

function memoryRows(plan: Plan): readonly Row[] {
  const { neededMemoryBytes, idleSlots, idleMemoryBytes } = plan;
  return [
    ...row('memory', neededMemoryBytes, bytes, 'slots x memory of one worker'),
    ...row('idle slots', idleSlots, decimal, idleFormula(plan)),
    ...row('memory of idle slots', idleMemoryBytes, bytes, 'idle slots x memory of one worker'),
  ];
}

/** A full server has no more idle slots than its slots allow. */
function idleFormula(plan: Plan): string {
  const { slots, holdSeconds, idleSlots, usedRatio = 0 } = plan;
  if (usedRatio > 1) return 'slots x keep-alive timeout / hold time';
  if (holdSeconds === undefined && idleSlots === slots) return 'all slots';
  return `${arrivals(plan)} x keep-alive timeout`;
}

function handshakeRows(figures: HandshakeFigures): readonly Row[] {
  const { packetsPerMinuteWithoutKeepalive, packetsPerMinuteWithKeepalive } = figures;
  const kept = `${decimal(figures.clients)} clients, a connection each for ${seconds(figures.connectionSeconds)}`;
  return [
    ...row(
      'handshake packets without keep-alive',
      packetsPerMinuteWithoutKeepalive,
      perMinute,
      `${decimal(figures.requestsPerSecond)} requests per second, 3 packets each`,
    ),
    ...row('handshake packets with keep-alive', packetsPerMinuteWithKeepalive, perMinute, kept),
  ];
}

function row(
  figure: string,
  value: number | undefined,
  render: (value: number) => string,
  how: string,
): readonly Row[] {
  return value === undefined ? [] : [[figure, render(value), how]];
}

const smallest = 1e-4;

function decimal(value: number): string {
  if (value > 0 && value < smallest) return `<${smallest}`;
  const digits = value < 0.1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
  return value.toLocaleString('en-US', value < 10 ? digits : { maximumFractionDigits: 1 });
}

const whole = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const seconds = (value: number): string => `${decimal(value)} s`;
const perSecond = (value: number): string => `${decimal(value)} per second`;
const perMinute = (value: number): string => `${whole(value)} a minute`;

function floorPerSecond(value: number): string {
  if (value < 0.1) return perSecond(value);
  return perSecond(value < 10 ? Math.floor(value * 100) / 100 : Math.floor(value));
}

function percent(ratio: number): string {
  if (ratio > 0 && ratio < 0.001) return '<0.1 %';
  return `${(ratio * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

function bytes(value: number): string {
  const gib = value / 1024 ** 3;
  return gib >= 1 ? `${decimal(gib)} GiB` : `${decimal(value / 1024 ** 2)} MiB`;
}
