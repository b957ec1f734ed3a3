type Values = ReadonlyMap<number, number>;

/** A change of a series: the time of the first reading with the new value. */
interface Change {
  readonly atSeconds: number;
  readonly from: number;
  readonly to: number;
}

/** Two readings of the same start time differ by at most a second. */
const jitterSeconds = 2;

/** Changes of a series, the newest last. */
export function changesIn(values: Values): readonly Change[] {
  const readings = [...values].sort(([a], [b]) => a - b);
  return readings.flatMap(([atSeconds, to], index) => {
    const [, from] = readings[index - 1] ?? [];
    return from !== undefined && isChange(to, from) ? [{ atSeconds, from, to }] : [];
  });
}

function isChange(value: number, before: number): boolean {
  const isTime = value > 1e9;
  return Math.abs(value - before) > (isTime ? jitterSeconds : 0);
}

export interface ConfigChange {
  readonly atSeconds: number;
  /** Absent when the keep-alive timeout stayed as it was, or is not known. */
  readonly timeout?: { readonly beforeSeconds: number; readonly afterSeconds: number };
  /** The configuration was loaded again later, with the same timeout. */
  readonly loadedAgainAtSeconds?: number;
}

interface ConfigReadings {
  /** The keep-alive timeout in the server's file. */
  readonly timeouts: Values;
  /** Series that change when a server loads its configuration. */
  readonly loads: readonly Values[];
  readonly stepSeconds: number;
}

/** The exporter reads the server's file once a minute: the timeout may change that much after it was loaded. */
const rereadSeconds = 60;

/**
 * When the server last loaded a changed configuration. Log rotation loads it every day without a change, so a change of
 * the timeout counts before a later load. A timeout in the file is in force from the next load on; servers that show no
 * load have it at once.
 */
export function lastConfigChange(readings: ConfigReadings): ConfigChange | undefined {
  const { timeouts, loads, stepSeconds } = readings;
  const loaded = loads
    .flatMap(changesIn)
    .map(({ atSeconds }) => atSeconds)
    .sort((a, b) => a - b);
  const last = loaded.at(-1);
  const changed = changesIn(timeouts).at(-1);
  if (changed === undefined) return last === undefined ? undefined : { atSeconds: last };
  const earliest = changed.atSeconds - rereadSeconds - stepSeconds;
  const atSeconds = loaded.find((time) => time >= earliest) ?? changed.atSeconds;
  return {
    atSeconds,
    timeout: { beforeSeconds: changed.from, afterSeconds: changed.to },
    ...(last !== undefined && last > Math.max(atSeconds, changed.atSeconds) + stepSeconds
      ? { loadedAgainAtSeconds: last }
      : {}),
  };
}
