import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk, httpGet } from './http-get.ts';
import { startProcess } from './processes.ts';
import { promtool } from './promtool.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';

interface ScrapeTarget {
  readonly job: string;
  /** The whole address, `http://127.0.0.1:9117/metrics`; a query becomes the scrape's parameters. */
  readonly url: string;
}

export interface PrometheusOptions {
  readonly scrapeTargets?: readonly ScrapeTarget[];
  /** As Prometheus writes durations; 1s by default. */
  readonly scrapeInterval?: string;
  /** Absolute paths. */
  readonly ruleFiles?: readonly string[];
  /** A whole prometheus.yml, in place of one made from the other options. */
  readonly config?: string;
  /** A past to begin with: OpenMetrics text with timestamps. */
  readonly history?: string;
  /** A directory for the recorded data, which stays. By default the data is removed at the end. */
  readonly storage?: string;
}

interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface RealPrometheus {
  readonly url: string;
  readonly pid: number;
  /** An instant query; throws what Prometheus finds wrong with it. */
  query(promql: string): Promise<readonly QueryResult[]>;
  /** How many series a query has had within the last ten minutes; throws what Prometheus finds wrong with it. */
  countSeries(promql: string): Promise<number>;
  /** The text of a page, such as `/api/v1/targets`. */
  get(path: string): Promise<string>;
  stop(): Promise<void>;
}

/** Debian's Prometheus with a storage of its own in a fresh directory. */
export function startPrometheus(options: PrometheusOptions): Promise<RealPrometheus> {
  return buildStoppable(async (defer) => {
    const { path, remove } = await createTempDirectory('prometheus');
    defer(remove);
    const configFile = join(path, 'prometheus.yml');
    await writeFile(configFile, options.config ?? renderPrometheusConfig(options));
    const address = `127.0.0.1:${await findFreePort()}`;
    const storage = options.storage ?? join(path, 'data');
    if (options.history !== undefined) await writeHistory(options.history, { path, storage });
    const server = await runPrometheus({ configFile, storage, address });
    defer(server.stop);
    const url = `http://${address}`;
    const get = async (page: string): Promise<string> => (await httpGet(url + page)).body;
    return {
      url,
      pid: server.pid,
      get,
      query: (promql) => queryInstant(url, promql),
      countSeries: (promql) => countSeries(url, promql),
    };
  });
}

async function writeHistory(
  history: string,
  { path, storage }: { readonly path: string; readonly storage: string },
): Promise<void> {
  const file = join(path, 'history.txt');
  await writeFile(file, history);
  const made = promtool(['tsdb', 'create-blocks-from', 'openmetrics', file, storage]);
  if (made.exitCode !== 0) throw new Error(`promtool cannot make blocks: ${made.output}`);
}

/** JSON, which is YAML too. */
function renderPrometheusConfig(options: PrometheusOptions): string {
  const { scrapeTargets = [], scrapeInterval = '1s', ruleFiles = [] } = options;
  return JSON.stringify({
    global: {
      scrape_interval: scrapeInterval,
      scrape_timeout: scrapeInterval,
      evaluation_interval: scrapeInterval,
    },
    rule_files: ruleFiles,
    scrape_configs: scrapeTargets.map(renderScrape),
  });
}

function renderScrape({ job, url }: ScrapeTarget) {
  const { host, pathname, searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  return {
    job_name: job,
    metrics_path: pathname,
    params: Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)])),
    static_configs: [{ targets: [host] }],
  };
}

function runPrometheus(place: {
  readonly configFile: string;
  readonly storage: string;
  readonly address: string;
}) {
  return startProcess({
    command: requireBinary('prometheus'),
    args: [
      `--config.file=${place.configFile}`,
      `--storage.tsdb.path=${place.storage}`,
      `--web.listen-address=${place.address}`,
      '--log.level=warn',
    ],
    isReady: () => answersOk(`http://${place.address}/-/ready`),
  });
}

/** The answers of /api/v1/query that have one value for each series. */
type QueryAnswer =
  | { readonly status: 'error'; readonly error: string }
  | { readonly status: 'success'; readonly data: QueryData };

type QueryData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | { readonly resultType: 'vector'; readonly result: readonly VectorSample[] };

interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function queryInstant(url: string, promql: string): Promise<readonly QueryResult[]> {
  const { body } = await httpGet(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
  const answer = JSON.parse(body) as QueryAnswer;
  if (answer.status === 'error') throw new Error(`Cannot query "${promql}": ${answer.error}`);
  const { data } = answer;
  if (data.resultType === 'scalar') return [{ metric: {}, value: toNumber(data.result[1]) }];
  return data.result.map(({ metric, value }) => ({ metric, value: toNumber(value[1]) }));
}

async function countSeries(url: string, promql: string): Promise<number> {
  const end = Date.now() / 1000;
  const range = { query: promql, start: String(end - 600), end: String(end), step: '2' };
  const { body } = await httpGet(`${url}/api/v1/query_range?${new URLSearchParams(range)}`);
  const answer = JSON.parse(body) as QueryAnswer;
  if (answer.status === 'error') throw new Error(`Cannot query "${promql}": ${answer.error}`);
  return answer.data.result.length;
}

/** Prometheus writes infinities as Go does. */
function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
