import type { Visit } from './timed-visitors.ts';

/** The format that docs/log-formats.md recommends for Apache. */
export const recommendedFormat =
  '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %k %X %{c}a %{remote}p %{end:msec}t';

/** The formats that docs/log-formats.md recommends. */
export const recommendedFormats = {
  apache: recommendedFormat,
  nginx:
    '$remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent ' +
    '"$http_referer" "$http_user_agent" $request_time $connection_requests ' +
    '"$upstream_connect_time" "$upstream_response_time" $msec $connection',
} as const;

export interface VisitLogOptions {
  readonly timeoutSeconds: number;
  readonly requestSeconds: number;
  /** Unix time of the first visitor. */
  readonly startSeconds: number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What Apache would log of visitors that never close first: a gap over the timeout is a new connection. */
export function renderVisitLog(visits: readonly Visit[], options: VisitLogOptions): string {
  const lines = visits.flatMap((visit, index) => linesOf(visit, index, options));
  return lines
    .toSorted(([a], [b]) => a - b)
    .map(([, line]) => `${line}\n`)
    .join('');
}

function linesOf(
  { atSeconds, gapSeconds }: Visit,
  index: number,
  { timeoutSeconds, requestSeconds, startSeconds }: VisitLogOptions,
): readonly (readonly [number, string])[] {
  const address = `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  let end = startSeconds + atSeconds;
  let number = 0;
  let port = 32_768 + (index % 20_000);
  return [0, ...gapSeconds].map((gap) => {
    if (gap > timeoutSeconds) {
      number = 0;
      port++;
    }
    end += gap + requestSeconds;
    const time = renderTime(end - requestSeconds);
    const connection = `${number++} + ${address} ${port}`;
    const line = `${address} - - [${time}] "GET / HTTP/1.1" 200 5120 "-" "-" ${Math.round(requestSeconds * 1e6)} ${connection} ${Math.round(end * 1000)}`;
    return [end, line];
  });
}

function renderTime(seconds: number): string {
  const [date = '', clock = ''] = new Date(seconds * 1000).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
