/** Kept back for rendering and the way to Prometheus, as blackbox_exporter does. */
const offsetSeconds = 0.5;

/** Prometheus' own default timeout, for people with curl. */
const defaultSeconds = 10;

/**
 * Time a scrape may take, in milliseconds, from the header X-Prometheus-Scrape-Timeout-Seconds. A header that is
 * no positive number is ignored: failing the scrape for it would help nobody.
 */
export function scrapeDeadline(header: string | readonly string[] | undefined): number {
  const stated = Number(Array.isArray(header) ? header[0] : header);
  const seconds = Number.isFinite(stated) && stated > 0 ? stated : defaultSeconds;
  const kept = seconds > 2 * offsetSeconds ? seconds - offsetSeconds : seconds / 2;
  return Math.min(kept, 120) * 1000;
}
