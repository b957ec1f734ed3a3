/**
 * What one mod_status `?auto` page says. Field names keep the server's word plus its unit; the raw key stands in
 * each comment. A field the page lacks, or whose value is malformed, is `undefined`: never 0.
 */
export interface ApacheStatus {
  readonly kind: 'apache';
  /** First line of the page since 2.4.13: the bare server name. */
  readonly serverName?: string;
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
  /** `Load1`, `Load5`, `Load15`: of the machine, not of the server. */
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
  /** `GracefulWorkers`. */
  readonly gracefulWorkers?: number;
  /** `Processes`: all with a PID, stopping ones included (event only). */
  readonly processes?: number;
  /** `Stopping`: processes that accept nothing any more (event only). */
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

/** Every worker state; the letter is mod_status's, `unknown` is any letter it has not printed so far. */
export const scoreboardLetters = {
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
} as const;

export type WorkerState = keyof typeof scoreboardLetters;

export const workerStates = Object.keys(scoreboardLetters) as readonly WorkerState[];

export interface Scoreboard {
  /** How many slots the scoreboard shows; the counts sum to it. */
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
