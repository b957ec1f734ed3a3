import { deriveSlotHolders } from '../derive/slot-holders.ts';
import { createPageFetcher, type FetchPageOptions } from '../io/fetch-page.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import { within } from './within.ts';

export interface HoldersSourceOptions extends FetchPageOptions {
  readonly timeoutMilliseconds: number;
  readonly intervalMilliseconds: number;
  readonly maskClients: boolean;
}

/** A page that comes at all usually comes much sooner. */
const firstWaitMilliseconds = 500;

/**
 * Reads the HTML status page at most once in an interval, on a connection of its own, never in the way of a look:
 * a look takes what is there. A read that fails leaves nothing: what was true a minute ago is not shown as now.
 */
export function createHoldersSource(
  options: HoldersSourceOptions,
): () => Promise<SlotHolders | undefined> {
  const statusUrl = htmlUrl(options.statusUrl);
  const fetcher = createPageFetcher({ ...options, statusUrl });
  let readAt = Number.NEGATIVE_INFINITY;
  let reading = false;
  let latest: SlotHolders | undefined;
  const read = async (): Promise<void> => {
    // Loaded when the first slot table is: its HTML parser costs 2 MiB that others need not pay.
    const { parseApacheStatusHtml } = await import('../parse/apache-status-html.ts');
    const page = await fetcher.fetch(options.timeoutMilliseconds);
    const table = page.ok ? parseApacheStatusHtml(page.value.body) : undefined;
    latest = table?.ok ? deriveSlotHolders(table.value, options.maskClients) : undefined;
  };
  const start = (): Promise<void> => {
    reading = true;
    readAt = performance.now();
    return read()
      .catch(() => {
        latest = undefined;
      })
      .finally(() => {
        reading = false;
      });
  };
  return async () => {
    const due = performance.now() - readAt >= options.intervalMilliseconds;
    if (due && !reading) {
      const first = readAt === Number.NEGATIVE_INFINITY;
      const done = start();
      // The first scrape of a fresh exporter should not lack the figures for a whole interval, nor wait for a page
      // that does not come.
      if (first) await within(done, firstWaitMilliseconds);
    }
    return latest;
  };
}

/** The status page for people is the same address without `auto`. */
function htmlUrl(statusUrl: string): string {
  const url = new URL(statusUrl);
  url.search = url.search.replace(/^\?auto$|[?&]auto(?=&|$)/, '');
  return url.href;
}
