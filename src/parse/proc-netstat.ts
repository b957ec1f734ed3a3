import type { ListenCounters } from '../snapshot/kernel.ts';
import { parseCount } from './number.ts';

/**
 * Reads `TcpExt` of /proc/net/netstat, which has two lines with one prefix, names and then values:
 * `TcpExt: SyncookiesSent ... ListenOverflows ListenDrops ...` and `TcpExt: 0 ... 3 3 ...`.
 * The columns differ by kernel version, so values are found by name; one that is not there stays absent.
 */
export function parseProcNetstat(text: string): ListenCounters {
  const lines = text.split('\n').filter((line) => line.startsWith('TcpExt: '));
  const names = lines[0]?.trim().split(/ +/) ?? [];
  const values = lines[1]?.trim().split(/ +/) ?? [];
  const listenOverflows = counter('ListenOverflows', names, values);
  const listenDrops = counter('ListenDrops', names, values);
  return {
    ...(listenOverflows === undefined ? {} : { listenOverflows }),
    ...(listenDrops === undefined ? {} : { listenDrops }),
  };
}

function counter(
  name: string,
  names: readonly string[],
  values: readonly string[],
): number | undefined {
  // Lines of unequal length were cut off or belong to something else: no value can be trusted to be under its name.
  if (names.length !== values.length) return undefined;
  const at = names.indexOf(name);
  return at === -1 ? undefined : parseCount(values[at] ?? '');
}
