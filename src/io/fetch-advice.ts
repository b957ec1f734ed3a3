import * as z from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { Advice } from '../snapshot/advice.ts';
import { getJson, splitCredentials } from './get-json.ts';

export interface AdvisedTarget {
  readonly target: string;
  /** Undefined if the logs of the target do not identify connections. */
  readonly advice: Advice | undefined;
}

const range = z.object({ low: z.number(), expected: z.number(), high: z.number() });
const sentences = z.array(z.string());
const prediction = z.object({
  timeoutSeconds: z.number(),
  reuseRatio: range,
  connectionsPerSecond: range,
  meanIdleSlots: range,
  busyHourIdleSlots: range,
  busiestSlots: range,
  waitProbability: range.optional(),
  fullTimeRatio: z.number().optional(),
});
/** The parts of an advice that are shown. */
const adviceShape = z.object({
  kind: z.string(),
  headline: z.string(),
  directives: sentences,
  apply: sentences,
  effect: sentences,
  missing: sentences,
  restsOn: sentences,
  wouldChange: sentences,
  today: prediction.optional(),
  advised: prediction.optional(),
  model: z.object({ predictions: z.array(prediction) }),
});
const answerShape = z.object({
  targets: z.array(z.object({ target: z.string(), advice: z.unknown() })),
});

function isAdvice(value: unknown): value is Advice {
  return adviceShape.safeParse(value).success;
}

/** Requests the advice of the exporter at an address. */
export async function fetchAdvice(url: URL): Promise<Result<readonly AdvisedTarget[], string>> {
  const { base, headers } = splitCredentials(url);
  const answer = await getJson(`${base}/advice`, headers);
  if (!answer.ok) return err(`ask ${base}/advice: ${answer.error}; is the exporter running there?`);
  const parsed = answerShape.safeParse(answer.value);
  if (!parsed.success)
    return err(`ask ${base}/advice: the answer does not come from keepalive-exporter`);
  const targets: AdvisedTarget[] = [];
  for (const { target, advice } of parsed.data.targets) {
    if (advice === null) targets.push({ target, advice: undefined });
    else if (isAdvice(advice)) targets.push({ target, advice });
    else return err(`ask ${base}/advice: the exporter has another version than this command`);
  }
  return ok(targets);
}
