/**
 * The contents of one mod_status `?auto` page. Field names keep the name the server prints, plus a unit; the comment of
 * each field has the raw key. A field that the page lacks, or whose value is malformed, is `undefined`, never 0.
 */
export interface ApacheStatus {
  readonly kind: 'apache';
  /** `ServerVersion`, whole, such as `Apache/2.4.62 (Debian)`. */
  readonly serverVersion?: string;
  /** `ServerMPM`: prefork, worker, event. */
  readonly serverMpm?: string;
  /** `RestartTime`, as the server prints it in its own time zone. */
  readonly restartTime?: string;
  /** `ParentServerConfigGeneration`. */
  readonly configGeneration?: number;
  /** `ParentServerMPMGeneration`. */
  readonly mpmGeneration?: number;
  /** `ServerUptimeSeconds`, else `Uptime`. */
  readonly uptimeSeconds?: number;
  /** `Load1`, `Load5`, `Load15`: the load of the machine, not of the server. */
  readonly load1?: number;
  readonly load5?: number;
  readonly load15?: number;
  /** `Total Accesses`. */
  readonly totalAccesses?: number;
  /** `Total kBytes`: KiB. */
  readonly totalKibibytes?: number;
  /** `Total Duration`: milliseconds. */
  readonly totalDurationMilliseconds?: number;
  /** `CPUUser`, `CPUSystem`, `CPUChildrenUser`, `CPUChildrenSystem`. */
  readonly cpuUserSeconds?: number;
  readonly cpuSystemSeconds?: number;
  readonly cpuChildrenUserSeconds?: number;
  readonly cpuChildrenSystemSeconds?: number;
  /** `CPULoad`: percent, an average over the server's lifetime. */
  readonly cpuLoadPercent?: number;
  /** `BusyWorkers`, the first of the page: 2.4.35 to 2.4.57 print it twice under event, with two meanings. */
  readonly busyWorkers?: number;
  /** `IdleWorkers`, the first of the page. */
  readonly idleWorkers?: number;
  /** `Processes`: all that have a PID, including those that are stopping (event only). */
  readonly processes?: number;
  /** `Stopping`: processes that no longer accept connections (event only). */
  readonly stoppingProcesses?: number;
  /** `ConnsTotal` and its parts (event only). */
  readonly connsTotal?: number;
  readonly connsAsyncWriting?: number;
  readonly connsAsyncKeepAlive?: number;
  readonly connsAsyncClosing?: number;
  readonly connsAsyncWaitIo?: number;
  readonly scoreboard: Scoreboard;
  readonly proxyBalancers: readonly ProxyBalancer[];
}

/** Every worker state; `unknown` is any letter that is not in scoreboardLetters. */
export const workerStates = [
  'idle',
  'starting',
  'reading',
  'writing',
  'keepalive',
  'dns',
  'closing',
  'logging',
  'graceful',
  'cleanup',
  'open',
  'unknown',
] as const;

export type WorkerState = (typeof workerStates)[number];

/** The letter that mod_status prints for each state. */
export const scoreboardLetters: Readonly<Record<WorkerState, string>> = {
  idle: '_',
  starting: 'S',
  reading: 'R',
  writing: 'W',
  keepalive: 'K',
  dns: 'D',
  closing: 'C',
  logging: 'L',
  graceful: 'G',
  cleanup: 'I',
  open: '.',
  unknown: '?',
};

export interface Scoreboard {
  /** The number of slots on the scoreboard, which is the sum of the counts. */
  readonly length: number;
  readonly counts: Readonly<Record<WorkerState, number>>;
}

export interface ProxyBalancer {
  readonly name: string;
  readonly workers: readonly ProxyWorker[];
}

export interface ProxyWorker {
  readonly name: string;
  /** Flags as mod_proxy prints them, such as `Init Ok`. */
  readonly status?: string;
  readonly elected?: number;
  readonly busy?: number;
  readonly sentKibibytes?: number;
  readonly receivedKibibytes?: number;
}
