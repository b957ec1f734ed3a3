import type { WorkerState } from './apache-status.ts';

/** What Apache's HTML status page (without `?auto`) shows of each slot. */
export interface SlotTable {
  /**
   * `extended`: ExtendedStatus On, a row for each slot that is or was in use. `pid_only`: ExtendedStatus Off, a PID and
   * a state for each slot with a process; nothing in it identifies clients.
   */
  readonly layout: 'extended' | 'pid_only';
  /** Rows that do not have the columns of their table are left out. */
  readonly slots: readonly SlotRow[];
}

/** One slot. The client is that of the latest request, who may have left: see deriveSlotHolders(). */
export interface SlotRow {
  /** `M`. */
  readonly state: WorkerState;
  /** `SS`: seconds since the beginning of the latest request. */
  readonly secondsSinceRequest?: number;
  /** `Client`: an address, or a name under HostnameLookups. Escape it, and never use it as a label. */
  readonly client?: string;
}

/** Who holds the slots of a server, by client address. */
export interface SlotHolders {
  /** Seconds since the last request of the idle keep-alive client that has waited longest. */
  readonly oldestKeepaliveSeconds?: number;
  /** The largest number of slots of one client, and the number of clients. Absent without ExtendedStatus. */
  readonly topClientSlots?: number;
  readonly clients?: number;
  /** Sorted by slots, then by idle time; for the page, never for labels. */
  readonly top: readonly SlotHolder[];
}

export interface SlotHolder {
  readonly client: string;
  readonly slots: number;
  readonly oldestIdleSeconds?: number;
}
