import { present } from '../present.ts';
import type { ListenCounters } from '../snapshot/kernel.ts';
import { parseCount } from './number.ts';

/**
 * Reads `TcpExt` of /proc/net/netstat, which has two lines with the same prefix, names and values: `TcpExt:
 * SyncookiesSent ... ListenOverflows ListenDrops ...` and `TcpExt: 0 ... 3 3 ...`. The columns differ by kernel
 * version, so values are found by name; missing ones stay absent.
 */
export function parseProcNetstat(text: string): ListenCounters {
  const lines = text.split('\n').filter((line) => line.startsWith('TcpExt: '));
  const names = lines[0]?.trim().split(/ +/) ?? [];
  const values = lines[1]?.trim().split(/ +/) ?? [];
  return present({
    listenOverflows: counter('ListenOverflows', names, values),
    listenDrops: counter('ListenDrops', names, values),
  });
}

function counter(
  name: string,
  names: readonly string[],
  values: readonly string[],
): number | undefined {
  // Lines of unequal length are truncated or from another source: names and values may not match.
  if (names.length !== values.length) return undefined;
  const at = names.indexOf(name);
  return at === -1 ? undefined : parseCount(values[at] ?? '');
}
