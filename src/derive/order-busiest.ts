import type { Range } from '../snapshot/prediction.ts';

/**
 * Takes the contradictions out of the slots at the busiest moment of each timeout, shortest timeout first. A connection
 * that is held under one timeout is held under each longer one, so no timeout takes more slots than a longer one. The
 * tails were measured under today's timeout: shorter timeouts take at most its high figure. `today` is the index of
 * today's timeout, or -1.
 */
export function orderBusiest<Held extends { readonly busiest: Range }>(
  held: readonly Held[],
  today: number,
): readonly Held[] {
  const ranges = held.map(({ busiest }) => busiest);
  const upToToday = (index: number) => ranges.slice(index, Math.max(index, today) + 1);
  const fromToday = (index: number) => ranges.slice(Math.min(index, Math.max(today, 0)), index + 1);
  return held.map((one, index) => {
    const high = Math.min(...upToToday(index).map((range) => range.high));
    const low = Math.min(high, Math.max(...ranges.slice(0, index + 1).map((range) => range.low)));
    const expected =
      index < today
        ? Math.min(...upToToday(index).map((range) => range.expected))
        : Math.max(...fromToday(index).map((range) => range.expected));
    return { ...one, busiest: { low, expected: Math.min(high, Math.max(low, expected)), high } };
  });
}
