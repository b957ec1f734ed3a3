import { deriveSlotHolders } from '../derive/slot-holders.ts';
import { createPageFetcher, type FetchPageOptions } from '../io/fetch-page.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import { BackgroundReading } from './background-reading.ts';

export interface HoldersSourceOptions extends FetchPageOptions {
  readonly timeoutMilliseconds: number;
  readonly intervalMilliseconds: number;
  readonly maskClients: boolean;
}

/**
 * Reads the HTML status page at most once in an interval, on a separate connection. A poll does not wait for it: it
 * uses the last result. After a failed read there is no result, so that old clients are not shown as current.
 */
export function createHoldersSource(
  options: HoldersSourceOptions,
): () => Promise<SlotHolders | undefined> {
  const { intervalMilliseconds, timeoutMilliseconds, maskClients } = options;
  const fetcher = createPageFetcher({ ...options, statusUrl: htmlUrl(options.statusUrl) });
  const readings = new BackgroundReading<SlotHolders>(intervalMilliseconds);
  const read = async (): Promise<SlotHolders | undefined> => {
    // Loaded with the first slot table: the HTML parser takes 2 MiB, and most exporters need none.
    const { parseApacheStatusHtml } = await import('../parse/apache-status-html.ts');
    const page = await fetcher.fetch(timeoutMilliseconds);
    const table = page.ok ? parseApacheStatusHtml(page.value.body) : undefined;
    return table?.ok ? deriveSlotHolders(table.value, maskClients) : undefined;
  };
  return () => readings.latest(() => read().catch(() => undefined));
}

/** The HTML status page has the same address, without `auto`. */
function htmlUrl(statusUrl: string): string {
  const url = new URL(statusUrl);
  url.search = url.search.replace(/^\?auto$|[?&]auto(?=&|$)/, '');
  return url.href;
}
