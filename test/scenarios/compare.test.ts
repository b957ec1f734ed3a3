import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealPrometheus, startPrometheus } from '../support/real-prometheus.ts';
import { runCli } from '../support/run-cli.ts';
import { type HistoryPart, renderHistory } from '../support/target-history.ts';

const wide: HistoryPart = {
  seconds: 3600,
  generation: 3,
  timeoutSeconds: 5,
  heldSlots: 60,
  saturation: 0.8,
  memoryBytes: 1e9,
  abortedRatio: 0.01,
  requestsPerConnection: 6,
  fastRatio: 0.9,
};
const narrow: HistoryPart = {
  ...wide,
  generation: 4,
  timeoutSeconds: 2,
  heldSlots: 30,
  saturation: 0.4,
  abortedRatio: 0.04,
  requestsPerConnection: 3,
};

/** On a scrape of the past. */
const endSeconds = Math.floor(Date.now() / 60_000) * 60;

let prometheus: RealPrometheus;

beforeAll(async () => {
  const shop = renderHistory('shop', endSeconds, [wide, narrow]);
  prometheus = await startPrometheus({ history: shop });
});

afterAll(() => prometheus?.stop());

async function compare(target: string, ...flags: readonly string[]) {
  const place = [`--prometheus.url=${prometheus.url}`, `--target=${target}`];
  return runCli(['compare', ...place, ...flags], new Date(endSeconds * 1000));
}

test('compare tells what a smaller timeout did, around the change of the configuration', async () => {
  const { code, stdout, stderr } = await compare('shop');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^change +.*Z, keep-alive timeout 5 s becomes 2 s$/m);
  expect(stdout).toMatch(/^before .*Z to .*Z, 60 samples of 60 s, keep-alive timeout 5 s$/m);
  expect(stdout).toMatch(/^after .*Z to .*Z, 5\d samples of 60 s, keep-alive timeout 2 s$/m);
  expect(stdout).toMatch(/^load .*no difference seen$/m);
  expect(stdout).toMatch(/^slots held +(?:59|60)\.\d +(?:29|30)\.\d +-\d+\.\d .*better$/m);
  expect(stdout).toMatch(/^idle slots +4\d\.\d +2\d\.\d .*better$/m);
  expect(stdout).toMatch(/^saturation +(?:79|80)\.\d % +(?:39|40)\.\d % .*better$/m);
  expect(stdout).toMatch(/^408 and 499 +[01]\.\d+ % +[34]\.\d+ % .*worse$/m);
  expect(stdout).toMatch(/^reuse +83\.\d % +66\.\d % .*worse$/m);
  expect(stdout).toMatch(/^P50 .*no difference seen$/m);
  expect(stdout).toMatch(/^memory +9\d\d\.\d MiB .*no difference seen$/m);
  expect(stdout).toContain(
    '408 and 499 rose after the keep-alive timeout went from 5 s to 2 s: go back a step.\n',
  );
  expect(code).toBe(1);
});

test('compare sees no difference within one configuration, and says so with exit code 0', async () => {
  const before = `${endSeconds - 7000}/${endSeconds - 5400}`;
  const after = `${endSeconds - 5300}/${endSeconds - 3700}`;
  const { code, stdout } = await compare(
    'shop',
    `--before=${before}`,
    `--after=${after}`,
    '--output=json',
  );
  const answer: unknown = JSON.parse(stdout);
  expect(answer).toMatchObject({
    before: { keepaliveTimeoutSeconds: 5, stepSeconds: 60 },
    missing: [],
    findings: [],
  });
  expect(code).toBe(0);
});

test('compare says that a target has no figure', async () => {
  const { code, stderr } = await compare('shup', '--before=now-2h/now-1h', '--after=now-1h/now');
  expect(stderr).toBe(
    'keepalive-exporter compare: Prometheus has no figure of target "shup" in either period; check --target, --match and the periods\n',
  );
  expect(code).toBe(1);
});
