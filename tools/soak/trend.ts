export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export interface Trend {
  /** Units of the value per minute. */
  readonly slopePerMinute: number;
  /** Half of the 95 % confidence interval of the slope. */
  readonly uncertainty: number;
}

/** Neighbouring samples of a heap are similar; means over this time are nearly independent. */
const blockSeconds = 15;

/** Student's t at 97.5 %, by degrees of freedom: with few points the normal distribution is too narrow. */
const studentT: readonly number[] = [
  ...[Number.POSITIVE_INFINITY, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23],
  ...[2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.09],
];

/** The straight line of least squares through the means of blocks of 15 s; undefined with fewer than three blocks. */
export function fitTrend(points: readonly Point[]): Trend | undefined {
  const blocks = meansOfBlocks(points);
  if (blocks.length < 3) return undefined;
  const meanX = mean(blocks.map(({ seconds }) => seconds));
  const meanY = mean(blocks.map(({ value }) => value));
  const spread = sum(blocks.map(({ seconds }) => (seconds - meanX) ** 2));
  const slope = sum(blocks.map((at) => (at.seconds - meanX) * (at.value - meanY))) / spread;
  const residuals = blocks.map((at) => at.value - meanY - slope * (at.seconds - meanX));
  const freedom = blocks.length - 2;
  const error = Math.sqrt(sum(residuals.map((off) => off ** 2)) / freedom / spread);
  const t = studentT[freedom] ?? 2;
  return { slopePerMinute: 60 * slope, uncertainty: 60 * t * error };
}

function meansOfBlocks(points: readonly Point[]): readonly Point[] {
  const blocks = new Map<number, Point[]>();
  for (const point of points) {
    const key = Math.floor(point.seconds / blockSeconds);
    blocks.set(key, [...(blocks.get(key) ?? []), point]);
  }
  return [...blocks.values()].map((block) => ({
    seconds: mean(block.map(({ seconds }) => seconds)),
    value: mean(block.map(({ value }) => value)),
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
