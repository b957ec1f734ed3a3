import type { SeededRandom } from '../../bench/seeded-random.ts';

/** Maximum length, short enough for many mutations. A real status page is cut at one megabyte. */
const longest = 64 * 1024;

/** Texts that parsers search for, and texts that are hard for them. */
const tokens: readonly [string, ...string[]] = [
  ...([
    '\0',
    '\r',
    '\n',
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    ';',
    ':',
    '#',
    '=',
  ] as const),
  ...[
    '-1',
    'NaN',
    '1e400',
    '99999999999999999999',
    '0x10',
    '\u00ff\u00fe',
    '\u001b[2J',
    '%s',
    '${a}',
  ],
  ...['<pre>', '<table>', '<tr><td>', '</table>', '<input ', '&#0;', '<!--', '\\x22', '\\u0022'],
  ...[
    'Scoreboard: ',
    'IdleWorkers: 1',
    'ProxyBalancer[0]Worker[1]Sent: 1K',
    'Active connections: ',
  ],
  ...['__proto__', 'constructor', 'log_format a ', 'LogFormat "', '_by_lua_block {', ', client: '],
  ...[
    '[error] 1#1: *1 ',
    'AH00161: ',
    ' : ',
    ', ',
    ' stdout P ',
    '<190>',
    'LISTEN 0 5 0.0.0.0:80 ',
  ],
];

type Mutation = (text: string, random: SeededRandom) => string;

const at = (text: string, random: SeededRandom) => random.between(0, text.length);

const mutations: readonly [Mutation, ...Mutation[]] = [
  (text, random) => {
    const place = at(text, random);
    return `${text.slice(0, place)}${random.pick(tokens)}${text.slice(place)}`;
  },
  (text, random) => {
    const place = at(text, random);
    return `${text.slice(0, place)}${String.fromCharCode(random.between(0, 255))}${text.slice(place + 1)}`;
  },
  (text, random) => {
    const from = at(text, random);
    return text.slice(0, from) + text.slice(from + random.between(1, 40));
  },
  (text, random) => {
    const from = at(text, random);
    const piece = text.slice(from, from + random.between(1, 80));
    return text.slice(0, from) + piece.repeat(random.between(2, 50)) + text.slice(from);
  },
  (text, random) => text.slice(0, at(text, random)),
  (text, random) => random.pick(tokens).repeat(random.between(2, 2000)) + text,
];

/** One to six small changes of a text, perhaps after crossing it with another. */
export function mutateText(text: string, other: string, random: SeededRandom): string {
  const crossed =
    random.next() < 0.2 ? text.slice(0, at(text, random)) + other.slice(at(other, random)) : text;
  let mutated = crossed;
  for (let left = random.between(1, 6); left > 0; left--) {
    mutated = random.pick(mutations)(mutated, random).slice(0, longest);
  }
  return mutated;
}

/** Maximum number of tries: more find little, and a failure may be slow. */
const mostTries = 2000;

/** Shortens a failing text by removing ever smaller pieces. */
export function shrinkText(text: string, fails: (text: string) => boolean): string {
  let shortest = text;
  let tries = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.length && tries < mostTries; tries++) {
      const without = shortest.slice(0, from) + shortest.slice(from + size);
      if (fails(without)) shortest = without;
      else from += size;
    }
  }
  return shortest;
}
