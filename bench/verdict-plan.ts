import { createRandom, type SeededRandom } from './seeded-random.ts';

export const verdictServers = ['prefork', 'worker', 'event', 'nginx'] as const;
export type VerdictServer = (typeof verdictServers)[number];

export const loadKinds = [
  /** Only the fresh visitors. */
  'calm',
  /** Clients that repeatedly send a request, keep the connection for a moment, and close it. */
  'burst',
  /** Idle keep-alive connections, more than the server has slots. */
  'idle_flood',
  /** Half a header, from as many clients. */
  'half_header_flood',
  /** Requests to a slow upstream. */
  'slow_upstream',
  /** Large downloads that clients read very slowly. */
  'slow_clients',
  /** Graceful restarts while some requests take long. */
  'reloads',
  /** All slots but one. */
  'last_slot',
] as const;
export type LoadKind = (typeof loadKinds)[number];

export interface Phase {
  readonly kind: LoadKind;
  readonly atSecond: number;
  readonly seconds: number;
  readonly clients: number;
}

/** One server that is started, loaded and stopped, because its limits cannot change while it runs. */
export interface Episode {
  readonly slots: number;
  readonly threadsPerChild: number;
  /** ListenBackLog or listen's backlog. */
  readonly backlog: number;
  readonly seconds: number;
  readonly phases: readonly Phase[];
}

export interface PlanOptions {
  readonly server: VerdictServer;
  readonly seed: number;
  readonly seconds: number;
}

const episodeSeconds = 30;

/** The load of one server, from a seed. Every plan of three minutes or more contains each kind at least once. */
export function planLoad({ server, seed, seconds }: PlanOptions): readonly Episode[] {
  const random = createRandom(seed * verdictServers.length + verdictServers.indexOf(server));
  const kinds = dealKinds(random);
  const episodes: Episode[] = [];
  for (let left = seconds; left > 0; left -= episodeSeconds) {
    episodes.push(planEpisode({ server, random, kinds, seconds: Math.min(left, episodeSeconds) }));
  }
  return episodes;
}

interface EpisodeOptions {
  readonly server: VerdictServer;
  readonly random: SeededRandom;
  readonly kinds: () => LoadKind;
  readonly seconds: number;
}

function planEpisode({ server, random, kinds, seconds }: EpisodeOptions): Episode {
  const threadsPerChild = random.pick([2, 4]);
  const slots = slotsOf(server, random, threadsPerChild);
  const phases: Phase[] = [];
  // A calm start, and a pause after each phase in which the server recovers.
  for (let at = random.between(1, 3); at < seconds - 4; ) {
    const length = Math.min(random.between(5, 10), seconds - at);
    const kind = kinds();
    phases.push({ kind, atSecond: at, seconds: length, clients: clientsOf(kind, slots, random) });
    at += length + random.between(2, 4);
  }
  return { slots, threadsPerChild, backlog: random.pick([5, 30, 511]), seconds, phases };
}

/** Includes very small limits. nginx needs some connections for itself, and two for a proxied request. */
function slotsOf(server: VerdictServer, random: SeededRandom, threadsPerChild: number): number {
  if (server === 'nginx') return random.pick([16, 32, 64]);
  if (server === 'prefork') return random.pick([1, 2, 6, 12]);
  return threadsPerChild * random.pick([1, 2, 4]);
}

function clientsOf(kind: LoadKind, slots: number, random: SeededRandom): number {
  switch (kind) {
    case 'calm':
      return 0;
    case 'last_slot':
      return slots - 1;
    case 'reloads':
      return Math.ceil(slots / 3);
    case 'burst':
      return Math.ceil(slots * (0.3 + random.next()));
    case 'slow_upstream':
    case 'slow_clients':
      return Math.ceil(slots * (0.5 + random.next()));
    default:
      return Math.ceil(slots * (1.1 + random.next()));
  }
}

/** Loads that fill the server come twice as often: otherwise few seconds would leave visitors without an answer. */
const dealt: readonly LoadKind[] = [
  ...loadKinds,
  'idle_flood',
  'half_header_flood',
  'slow_upstream',
];

/** All kinds in random order, then all of them again, so that a short plan omits few. */
function dealKinds(random: SeededRandom): () => LoadKind {
  let deck: LoadKind[] = [];
  return () => {
    if (deck.length === 0) {
      deck = dealt
        .map((kind) => ({ kind, at: random.next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ kind }) => kind);
    }
    return deck.pop() ?? 'calm';
  };
}
