/**
 * The quantile of observations in buckets, interpolated within its bucket as histogram_quantile of Prometheus does.
 * Above all bounds it is the highest bound.
 *
 * @param counts one for each bound, then one above all bounds
 */
export function bucketQuantile(
  quantile: number,
  bounds: readonly number[],
  counts: readonly number[],
): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0 || bounds.length === 0) return undefined;
  let below = 0;
  for (const [index, upper] of bounds.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= quantile * total) {
      const lower = bounds[index - 1] ?? 0;
      return lower + ((upper - lower) * (quantile * total - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1);
}
