import type { AdvisedServer } from '../snapshot/advice.ts';
import type { KeepaliveModel, TimeoutPrediction } from '../snapshot/prediction.ts';
import type { Choice } from './choose-timeout.ts';
import { formatCount, formatFigure, formatPercent } from './format-figures.ts';
import { highestOccupancy } from './keepalive-model.ts';

interface Situation {
  readonly model: KeepaliveModel;
  readonly options: { readonly server: AdvisedServer };
  readonly missing: readonly string[];
}

/** The advice in one sentence. */
export function renderHeadline(choice: Choice, { model, options, missing }: Situation): string {
  const { advised, slots } = choice;
  const timeout = advised === undefined ? '' : `${advised.timeoutSeconds} s`;
  switch (choice.kind) {
    case 'none':
      return `No advice: ${missing.join(', ')}.`;
    case 'keep':
      return `Keep the timeout of ${timeout}: ${effectOf(advised, model)}.`;
    case 'timeout':
      return `Set the keep-alive timeout to ${timeout}${fromToday(model)}: ${effectOf(advised, model)}.`;
    case 'off':
      return `Turn keep-alive off${fromToday(model)}: ${effectOf(advised, model)}.`;
    case 'more_slots':
      return `Add slots: ${formatCount(slots ?? 0)}${slotsToday(model)}, with a timeout of ${timeout}. Requests alone occupy too many of them.`;
    case 'redesign':
      return `More slots are needed than memory allows${slots === undefined ? '' : ` (${formatCount(slots)})`}: ${designFor(options.server)}.`;
  }
}

function fromToday({ todaySeconds }: KeepaliveModel): string {
  return todaySeconds === undefined ? '' : ` (today ${todaySeconds} s)`;
}

function slotsToday({ slots }: KeepaliveModel): string {
  return slots === undefined ? '' : ` instead of ${formatCount(slots)}`;
}

function effectOf(
  advised: TimeoutPrediction | undefined,
  { slotLimit, idleCost }: KeepaliveModel,
): string {
  if (advised === undefined) return '';
  const reuse = `${formatPercent(advised.reuseRatio.expected)} of the requests reuse a connection`;
  const held = formatFigure(advised.busiestSlots.high);
  const limit = slotLimit === undefined ? '' : ` of ${formatCount(slotLimit)}`;
  const slots = idleCost === 'blocking' ? 'slots' : 'connections';
  return `${reuse}, the busiest moment holds at most ${held}${limit} ${slots}`;
}

function designFor(server: AdvisedServer): string {
  if (server === 'nginx') return 'spread the site over more machines';
  if (server === 'event') return 'put nginx in front, or spread the site over more machines';
  return 'change to the event MPM, where idle clients hold no worker, put nginx in front, or spread the site over more machines';
}

/** What would change the advice. */
export function describeChanges(choice: Choice, model: KeepaliveModel): readonly string[] {
  return choice.kind === 'none' ? [] : [...changesOf(choice, model)];
}

function* changesOf(choice: Choice, model: KeepaliveModel): Generator<string> {
  if (choice.advised !== undefined) yield* changesOfFit(choice.advised, choice, model);
  else if (choice.slots !== undefined) yield `more memory: ${formatCount(choice.slots)} workers`;
  if (model.meanTailSeconds === undefined) {
    yield 'measured keep-alive slots, which show how soon clients close';
  }
  if (model.idleCost === 'blocking') yield 'the event MPM, where idle clients hold no worker';
}

function* changesOfFit(
  advised: TimeoutPrediction,
  { kind }: Choice,
  { slotLimit, predictions }: KeepaliveModel,
): Generator<string> {
  if (slotLimit !== undefined) {
    const room = highestOccupancy * slotLimit;
    yield `a busiest moment of more than ${formatFigure(room)} slots, 80 % of ${formatCount(slotLimit)}`;
  }
  const keeps = predictions.find(
    ({ reuseRatio, fits }) =>
      fits === false && reuseRatio.expected * 0.95 > advised.reuseRatio.expected,
  );
  if (keeps !== undefined && kind !== 'more_slots') {
    yield `more slots: ${keeps.timeoutSeconds} s would let ${formatPercent(keeps.reuseRatio.expected)} of the requests reuse a connection, and needs up to ${formatFigure(keeps.busiestSlots.high)}`;
  }
}
