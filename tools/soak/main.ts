import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { runSoak } from './run-soak.ts';

/** `npm run soak -- --minutes N --seed S [--compiled all]`: exit code 1 when something happened that must not. */
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, compiled: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('--minutes and --seed want a number');
  process.exit(2);
}
console.log(`soak: ${minutes} minutes, seed ${seed}, load ${loadavg()[0]?.toFixed(1)}`);
const compiled = values.compiled === 'all' ? 'all' : 'none';
const report = await runSoak({ seconds: minutes * 60, seed, compiled, say: console.log });
const kibibytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
console.log(`faults: ${report.faults}, load at the end ${loadavg()[0]?.toFixed(1)}`);
for (const { who, counted, written } of report.lines) {
  console.log(`lines, ${who}: ${counted} counted, ${written} written`);
}
console.log(`heap after a collection: ${kibibytes(report.memory.mostHeap)} at most`);
for (const [what, trend] of [
  ['heap after a collection', report.memory.heap],
  ['resident memory', report.memory.resident],
] as const) {
  if (trend === undefined) {
    console.log(`${what}: not judged; it takes more than five minutes`);
    continue;
  }
  const { slopePerMinute, uncertainty } = trend;
  console.log(
    `${what} in the second half: ${kibibytes(slopePerMinute)} a minute, 95 % confidence ± ${kibibytes(uncertainty)}`,
  );
}
const [third, last] = report.memory.buffers;
if (Number.isFinite(third))
  console.log(`buffers at least, third and last quarter: ${kibibytes(third)}, ${kibibytes(last)}`);
console.log(`descriptors at most, third and last quarter: ${report.descriptors.join(', ')}`);
console.log(`series at most, third and last quarter: ${report.series.join(', ')}`);
console.log(`samples with a verdict of exhausted: ${report.exhaustedSamples}`);
console.log(report.problems.length === 0 ? 'ok' : `PROBLEMS:\n${report.problems.join('\n')}`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
