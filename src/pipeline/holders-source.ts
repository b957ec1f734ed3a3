import { deriveSlotHolders } from '../derive/slot-holders.ts';
import { createPageFetcher, type FetchPageOptions } from '../io/fetch-page.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import { within } from './within.ts';

export interface HoldersSourceOptions extends FetchPageOptions {
  readonly timeoutMilliseconds: number;
  readonly intervalMilliseconds: number;
  readonly maskClients: boolean;
}

/** Most pages arrive much sooner. */
const firstWaitMilliseconds = 500;

/**
 * Reads the HTML status page at most once in an interval, on a separate connection. A poll does not wait for it: it
 * uses the last result. After a failed read there is no result, so that old clients are not shown as current.
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
    // Loaded with the first slot table: the HTML parser takes 2 MiB, and most exporters need none.
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
      // The first scrape should have the figures too, but must not wait long for a page that may not come.
      if (first) await within(done, firstWaitMilliseconds);
    }
    return latest;
  };
}

/** The HTML status page has the same address, without `auto`. */
function htmlUrl(statusUrl: string): string {
  const url = new URL(statusUrl);
  url.search = url.search.replace(/^\?auto$|[?&]auto(?=&|$)/, '');
  return url.href;
}
