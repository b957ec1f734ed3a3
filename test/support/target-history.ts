import { createRandom } from '../../src/derive/seeded-random.ts';

/** What a target did for a while; gauges vary by a tenth around their value. */
export interface HistoryPart {
  readonly seconds: number;
  readonly generation: number;
  readonly timeoutSeconds: number;
  readonly heldSlots: number;
  readonly saturation: number;
  readonly memoryBytes: number;
  /** Of 408 and 499 among all responses. */
  readonly abortedRatio: number;
  readonly requestsPerConnection: number;
  /** Share of the responses within 0.1 s; the others take up to half a second. */
  readonly fastRatio: number;
}

const scrapeSeconds = 15;
const requestsPerSecond = 20;

/** The metrics of one target over time as OpenMetrics text, which promtool makes blocks from. */
export function renderHistory(
  target: string,
  endSeconds: number,
  parts: readonly HistoryPart[],
): string {
  const series = new Map<string, string[]>();
  const random = createRandom(7);
  const vary = (value: number): number => value * (0.95 + 0.1 * random.next());
  const counters = new Map<string, number>();
  let time = endSeconds - parts.reduce((sum, { seconds }) => sum + seconds, 0);
  const put = (name: string, labels: string, value: number): void => {
    const lines = series.get(name) ?? [];
    lines.push(`${name}{target="${target}"${labels}} ${value} ${time}\n`);
    series.set(name, lines);
  };
  const add = (name: string, labels: string, value: number): void => {
    const total = (counters.get(name + labels) ?? 0) + value;
    counters.set(name + labels, total);
    put(name, labels, total);
  };
  for (const part of parts) {
    for (const end = time + part.seconds; time < end; time += scrapeSeconds) {
      putGauges(part, put, vary);
      addCounters(part, add, vary);
    }
  }
  const families = [...series].map(
    ([name, lines]) => `# TYPE ${familyOf(name)}\n${lines.join('')}`,
  );
  return `${families.join('')}# EOF\n`;
}

/** A bare bucket is an unknown family to OpenMetrics. */
function familyOf(name: string): string {
  return name.endsWith('_total') ? `${name.replace(/_total$/, '')} counter` : `${name} unknown`;
}

type Put = (name: string, labels: string, value: number) => void;
type Vary = (value: number) => number;

function putGauges(part: HistoryPart, put: Put, vary: Vary): void {
  put('webserver_config_generation', '', part.generation);
  put('webserver_keepalive_timeout_seconds', ',source="config"', part.timeoutSeconds);
  put('webserver_visitor_slots', ',kind="worker"', vary(part.heldSlots));
  put('webserver_slots', ',kind="worker",state="keepalive"', vary(part.heldSlots * 0.7));
  put('webserver_worker_saturation_ratio', '', vary(part.saturation));
  put('webserver_exhausted', '', 0);
  put('webserver_process_resident_memory_bytes', '', vary(part.memoryBytes));
}

function addCounters(part: HistoryPart, add: Put, vary: Vary): void {
  const requests = vary(requestsPerSecond * scrapeSeconds);
  const aborted = vary(requests * part.abortedRatio);
  const fast = vary(requests * part.fastRatio);
  add('webserver_log_responses_total', ',code="200"', requests - aborted);
  add('webserver_log_responses_total', ',code="408"', aborted);
  add(
    'webserver_log_connections_reached_total',
    ',requests="1"',
    vary(requests / part.requestsPerConnection),
  );
  const bucket = 'webserver_log_request_duration_seconds_bucket';
  add(bucket, ',le="0.1"', Math.min(fast, requests));
  add(bucket, ',le="0.5"', requests);
  add(bucket, ',le="+Inf"', requests);
}
