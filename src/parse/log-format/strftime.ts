import { present } from '../../present.ts';
import { decimalOf, type NumberReader } from './read-number.ts';
import { clockSeconds, midnightOf, monthAt, twoDigits, zoneSeconds } from './read-time.ts';

/** A time as Apache writes it for `%{...}t`, from parts of fixed width. */
export interface TimeLayout {
  readonly width: number;
  /** Text of the layout with its position: distinguishes this time from other text. */
  readonly probes: readonly (readonly [offset: number, byte: number])[];
  /** Absent when date, time of day or zone are missing: such a time is not a moment. */
  readonly read?: NumberReader;
}

/** Widths of strftime in the C locale, which httpd uses. `L` and `N` are internal, for msec_frac and usec_frac. */
const widths: Readonly<Record<string, number>> = {
  Y: 4,
  G: 4,
  z: 5,
  ...Object.fromEntries([...'abhj'].map((letter) => [letter, 3])),
  ...Object.fromEntries([...'deHIMSmpyCgUVWkl'].map((letter) => [letter, 2])),
  ...Object.fromEntries([...'uwnt'].map((letter) => [letter, 1])),
  L: 3,
  N: 6,
};

const abbreviations: readonly (readonly [string, string])[] = [
  ['%c', '%a %b %e %T %Y'],
  ['%x', '%D'],
  ['%X', '%T'],
  ['%r', '%I:%M:%S %p'],
  ['%T', '%H:%M:%S'],
  ['%R', '%H:%M'],
  ['%F', '%Y-%m-%d'],
  ['%D', '%m/%d/%y'],
  ['%h', '%b'],
];

/** The layout of a strftime pattern; undefined when a part has no fixed width, such as `%B`. */
export function timeLayout(pattern: string): TimeLayout | undefined {
  const expanded = abbreviations.reduce(
    (text, [short, long]) => text.replaceAll(short, long),
    pattern,
  );
  const places = new Map<string, number>();
  const probes: [number, number][] = [];
  let width = 0;
  for (const [part, letter] of expanded.matchAll(/%(.)|[^%]|%$/gsu)) {
    const own = letter === undefined ? undefined : widths[letter];
    if (letter !== undefined && own === undefined) return undefined;
    if (letter === undefined) probes.push([width, part.charCodeAt(0)]);
    else places.set(letter, width);
    width += own ?? 1;
  }
  return { width, probes, ...present({ read: layoutReader(places) }) };
}

function layoutReader(places: ReadonlyMap<string, number>): NumberReader | undefined {
  const [year, hours, minutes, zone] = [...'YHMz'].map((letter) => places.get(letter));
  const day = places.get('d') ?? places.get('e');
  const month = places.get('m') ?? places.get('b');
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hours === undefined || minutes === undefined || zone === undefined) return undefined;
  const named = !places.has('m');
  const padded = !places.has('d');
  const seconds = places.get('S');
  return (bytes, at, end) => {
    const midnight = midnightOf(
      twoDigits(bytes, at + year) * 100 + twoDigits(bytes, at + year + 2),
      named ? monthAt(bytes, at + month) : twoDigits(bytes, at + month) - 1,
      padded ? paddedDay(bytes, at + day) : twoDigits(bytes, at + day),
    );
    const clock = clockSeconds(
      twoDigits(bytes, at + hours),
      twoDigits(bytes, at + minutes),
      seconds === undefined ? 0 : twoDigits(bytes, at + seconds),
    );
    if (at + zone + 5 > end) return Number.NaN;
    const shift = zoneSeconds(bytes, at + zone, at + zone + 5);
    return midnight + clock + readFraction(bytes, at, places) - shift;
  };
}

/** `%e` writes ` 1` for the first day. */
function paddedDay(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0x20 ? decimalOf(bytes, at + 1, at + 2) : twoDigits(bytes, at);
}

function readFraction(bytes: Uint8Array, at: number, places: ReadonlyMap<string, number>): number {
  const milliseconds = places.get('L');
  if (milliseconds !== undefined) {
    return decimalOf(bytes, at + milliseconds, at + milliseconds + 3) / 1e3;
  }
  const microseconds = places.get('N');
  return microseconds === undefined
    ? 0
    : decimalOf(bytes, at + microseconds, at + microseconds + 6) / 1e6;
}
