/** Reserved for rendering and the network, as in blackbox_exporter. */
const offsetSeconds = 0.5;

/** Prometheus' default timeout, for clients that send no header. */
const defaultSeconds = 10;

/**
 * Time a scrape may take, in milliseconds, from the header X-Prometheus-Scrape-Timeout-Seconds. A header that is
 * not a positive number is ignored.
 */
export function scrapeDeadline(header: string | readonly string[] | undefined): number {
  const stated = Number(Array.isArray(header) ? header[0] : header);
  const seconds = Number.isFinite(stated) && stated > 0 ? stated : defaultSeconds;
  const kept = seconds > 2 * offsetSeconds ? seconds - offsetSeconds : seconds / 2;
  return Math.min(kept, 120) * 1000;
}
