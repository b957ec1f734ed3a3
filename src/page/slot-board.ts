import type { HeldConnection } from '../snapshot/connections.ts';
import type { SlotGroup, SlotKind, SlotState } from '../snapshot/slots.ts';
import { activityTable } from './connections.ts';
import { formatCount, formatDuration } from './format.ts';
import { slotPalette, slotStackOrder } from './slot-palette.ts';
import { slotKindWords } from './words.ts';

/** All squares of one state. */
export interface BoardRun {
  readonly state: SlotState;
  readonly slots: number;
  readonly squares: number;
  /** `[seconds, squares]`, the oldest first, for the first squares of the run. The age of the others is unknown. */
  readonly ages: readonly (readonly [number, number])[];
}

/** The squares of one group of slots, run-length encoded. The page draws them, and the live stream sends them. */
export interface SlotBoard {
  readonly kind: SlotKind;
  /** Maximum number of slots that one square represents. */
  readonly slotsPerSquare: number;
  readonly runs: readonly BoardRun[];
  /** The board in one sentence, for screen readers. */
  readonly summary: string;
  /** What a square represents, and the greatest age of each state with known ages. */
  readonly note: string;
}

export interface SlotBoardOptions {
  readonly group: SlotGroup;
  /** Connections with their ages, the oldest first. */
  readonly held?: readonly HeldConnection[];
  readonly maxSquares?: number;
}

const defaultMaxSquares = 1000;

export function buildSlotBoard(options: SlotBoardOptions): SlotBoard {
  const { group, held = [], maxSquares = defaultMaxSquares } = options;
  const states = slotStackOrder
    .map((state) => ({ state, slots: group.counts.get(state) ?? 0 }))
    .filter(({ slots }) => slots > 0);
  const total = states.reduce((sum, { slots }) => sum + slots, 0);
  // The last square of each state can be partly full, so each state can need one more square.
  const slotsPerSquare =
    total <= maxSquares ? 1 : Math.ceil(total / Math.max(1, maxSquares - states.length));
  const runs = states.map(({ state, slots }) => {
    const squares = Math.ceil(slots / slotsPerSquare);
    const ages = agesOf(state, held).slice(0, slots);
    const oldest = ages.filter((_, i) => i % slotsPerSquare === 0).map(roundAge);
    return { state, slots, squares, ages: encodeRuns(oldest) };
  });
  const note =
    `${describeSquares(group.kind, slotsPerSquare)} ${describeAges(runs, held)}`.trimEnd();
  return { kind: group.kind, slotsPerSquare, runs, summary: summarise(group), note };
}

function describeSquares(kind: SlotKind, slotsPerSquare: number): string {
  const { one, many } = slotKindWords[kind];
  return slotsPerSquare === 1
    ? `Each square is one ${one}.`
    : `Each square is up to ${formatCount(slotsPerSquare)} ${many} of one state.`;
}

/** The note always mentions ages: without them the connections would look new. */
function describeAges(runs: readonly BoardRun[], held: readonly HeldConnection[]): string {
  const aged = runs.filter(({ state }) => agedStates.includes(state));
  const oldest = aged.flatMap(({ state }) => {
    const [age] = agesOf(state, held);
    return age === undefined ? [] : [`${slotPalette[state].label} ${formatDuration(age)}`];
  });
  if (oldest.length > 0) return `Oldest: ${oldest.join(', ')}.`;
  return aged.length > 0 ? 'Ages are unknown: the kernel’s socket data (ss) is not available.' : '';
}

/** States whose age is certain. A partial request or a download can have several states on a status page. */
const agedStates: readonly SlotState[] = ['keepalive', 'active'];

function agesOf(state: SlotState, held: readonly HeldConnection[]): readonly number[] {
  if (!agedStates.includes(state)) return [];
  return held
    .filter(({ activity }) => activityTable[activity].state === state)
    .map(({ ageSeconds }) => ageSeconds)
    .toSorted((a, b) => b - a);
}

/** Rounds greater ages more, so that equal ages form short runs. */
function roundAge(seconds: number): number {
  const step = seconds < 10 ? 1 : seconds < 60 ? 5 : seconds < 3600 ? 60 : 3600;
  return Math.floor(Math.max(0, seconds) / step) * step;
}

function encodeRuns(values: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else runs.push([value, 1]);
  }
  return runs;
}

const freeStates: readonly SlotState[] = ['idle', 'open', 'free'];

/** `143 of 150 workers in use: 120 keep-alive, 23 writing; 7 idle`. */
function summarise({ kind, counts, limit }: SlotGroup): string {
  const known = slotStackOrder.filter((state) => (counts.get(state) ?? 0) > 0);
  const count = (state: SlotState) => counts.get(state) ?? 0;
  const words = (states: readonly SlotState[]) =>
    states.map((state) => `${formatCount(count(state))} ${slotPalette[state].label}`).join(', ');
  const used = known.filter((state) => !freeStates.includes(state));
  const free = known.filter((state) => freeStates.includes(state));
  const sum = used.reduce((total, state) => total + count(state), 0);
  const of = limit === undefined ? '' : ` of ${formatCount(limit.value)}`;
  const parts = [used, free].filter((states) => states.length > 0).map(words);
  return `${formatCount(sum)}${of} ${slotKindWords[kind].many} in use: ${parts.join('; ') || 'none'}`;
}
