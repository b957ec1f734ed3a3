import type { ProxyBalancer, ProxyWorker } from '../snapshot/apache-status.ts';
import { parseCount } from './number.ts';
import { printable } from './printable.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Maximum of workers, since each has five series. Further workers count as malformed. */
const maximumWorkers = 500;

interface ProxyBalancerReader {
  /** Reads one line of the page; false when it is a line of mod_proxy with a malformed value. */
  read(key: string, value: string): boolean;
  balancers(): readonly ProxyBalancer[];
}

/**
 * Reads the lines that mod_proxy appends with `ProxyStatus On` (proxy_status_hook in modules/proxy/mod_proxy.c):
 * `ProxyBalancer[0]Name: balancer://app`, `ProxyBalancer[0]Worker[1]Sent: 12K`. Sizes are in KiB.
 */
export function createProxyBalancerReader(): ProxyBalancerReader {
  const balancers = new Map<string, { name: string; workers: Map<string, Mutable<ProxyWorker>> }>();
  let workers = 0;
  return {
    read(key, value) {
      const match = /^ProxyBalancer\[(\d{1,4})\](?:Worker\[(\d{1,4})\])?([A-Za-z]+)$/.exec(key);
      if (match === null) return true;
      const [, balancerIndex = '', workerIndex, field = ''] = match;
      const balancer = balancers.get(balancerIndex) ?? { name: 'unknown', workers: new Map() };
      balancers.set(balancerIndex, balancer);
      if (workerIndex === undefined) {
        if (field === 'Name') balancer.name = printable(value);
        return true;
      }
      const known = balancer.workers.get(workerIndex);
      if (known === undefined && workers >= maximumWorkers) return false;
      if (known === undefined) workers += 1;
      const worker = known ?? { name: 'unknown' };
      balancer.workers.set(workerIndex, worker);
      return readWorkerField(worker, field, value);
    },
    balancers: () =>
      [...balancers.values()].map(({ name, workers }) => ({
        name,
        workers: [...workers.values()],
      })),
  };
}

const countFields = new Map<string, 'elected' | 'busy' | 'sentKibibytes' | 'receivedKibibytes'>([
  ['Elected', 'elected'],
  ['Busy', 'busy'],
  ['Sent', 'sentKibibytes'],
  ['Rcvd', 'receivedKibibytes'],
]);

function readWorkerField(worker: Mutable<ProxyWorker>, field: string, value: string): boolean {
  if (field === 'Name') worker.name = printable(value);
  if (field === 'Status') worker.status = printable(value);
  const name = countFields.get(field);
  if (name === undefined) return true;
  const count = parseCount(value.replace(/K$/i, ''));
  if (count === undefined) return false;
  worker[name] = count;
  return true;
}
