import * as z from 'zod';
import { err, ok, type Result } from '../result.ts';
import { getJson, splitCredentials } from './get-json.ts';

export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Values by Unix time in seconds. A step without a value is missing. */
  readonly values: ReadonlyMap<number, number>;
}

export interface QueryRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

export interface PrometheusClient {
  /** Runs a range query. The error is a message for the user. */
  queryRange(
    promql: string,
    range: QueryRange,
  ): Promise<Result<readonly PrometheusSeries[], string>>;
  /** The samples as they were scraped, of a selector with a range such as `up[5m]` before a time. */
  querySamples(
    promql: string,
    atSeconds: number,
  ): Promise<Result<readonly PrometheusSeries[], string>>;
}

const answerSchema = z.union([
  z.object({ status: z.literal('error'), error: z.string() }),
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])),
        }),
      ),
    }),
  }),
]);

/** @param url of Prometheus or of another server with its API; a user and password in it are sent as Basic */
export function createPrometheusClient(url: URL): PrometheusClient {
  const { base, headers } = splitCredentials(url);
  const query = async (
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Result<readonly PrometheusSeries[], string>> => {
    const answer = await getJson(
      `${base}/api/v1/${path}?${new URLSearchParams(parameters)}`,
      headers,
    );
    if (!answer.ok) return err(`query ${base}: ${answer.error}`);
    const parsed = answerSchema.safeParse(answer.value);
    if (!parsed.success) return err(`query ${base}: the answer does not come from Prometheus`);
    if (parsed.data.status === 'error') return err(`query ${base}: ${parsed.data.error}`);
    return ok(parsed.data.data.result.map(({ metric, values }) => readSeries(metric, values)));
  };
  return {
    queryRange: (promql, { startSeconds, endSeconds, stepSeconds }) =>
      query('query_range', {
        query: promql,
        start: String(startSeconds),
        end: String(endSeconds),
        step: String(stepSeconds),
      }),
    querySamples: (promql, atSeconds) => query('query', { query: promql, time: String(atSeconds) }),
  };
}

function readSeries(
  labels: Readonly<Record<string, string>>,
  values: readonly (readonly [number, string])[],
): PrometheusSeries {
  const known = values
    .map(([time, text]) => [time, Number(text)] as const)
    .filter(([, value]) => Number.isFinite(value));
  return { labels, values: new Map(known) };
}
