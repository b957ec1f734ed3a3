import { err, ok, type Result } from '../result.ts';
import { readSeconds } from './read-quantity.ts';

export interface TimeRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

const wanted =
  'want START/END, each a time such as 2026-11-21T10:00:00Z, a Unix time, now or now-2h; END may be a duration after START';

/** `2026-11-21T10:00Z/2026-11-21T12:00Z`, `2026-11-21T10:00Z/2h`, `now-3h/now-2h`. */
export function readRange(text: string, now: Date): Result<TimeRange, string> {
  const [from = '', to = '', ...rest] = text.split('/');
  const start = readTime(from, now);
  if (start === undefined || rest.length > 0) return err(wanted);
  const length = readSeconds(to);
  const end = length.ok ? start + length.value : readTime(to, now);
  if (end === undefined) return err(wanted);
  if (end <= start) return err('END must be after START');
  return ok({ startSeconds: start, endSeconds: end });
}

/** A time without a zone would be another time on another machine. */
const zonedTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

function readTime(text: string, now: Date): number | undefined {
  const nowSeconds = now.getTime() / 1000;
  if (text === 'now') return nowSeconds;
  if (text.startsWith('now-')) {
    const back = readSeconds(text.slice('now-'.length));
    return back.ok ? nowSeconds - back.value : undefined;
  }
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Number(text);
  if (!zonedTime.test(text)) return undefined;
  const time = Date.parse(text) / 1000;
  return Number.isNaN(time) ? undefined : time;
}
