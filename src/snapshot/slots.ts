import type { WorkerState } from './apache-status.ts';

/** What an idle keep-alive client costs on a server. */
export type KeepaliveModel = 'blocking' | 'async' | 'reclaimable';

export type SlotKind = 'worker' | 'connection';

/** States of a connection slot under Apache event. */
export type EventConnectionState =
  | 'working'
  | 'keepalive'
  | 'writing_async'
  | 'wait_io'
  | 'closing'
  | 'free';

/** States of a connection slot of nginx. */
export type NginxConnectionState = 'reading' | 'writing' | 'keepalive' | 'free';

/** A state that only the kernel's view has: a request half read or at work, which look alike from outside. */
export type KernelSlotState = 'active';

export type SlotState = WorkerState | EventConnectionState | NginxConnectionState | KernelSlotState;

/** Where slot figures come from: the status page, the same over the observation lane, or the kernel's sockets. */
export const slotsSources = ['status', 'lane', 'kernel'] as const;

export type SlotsSource = (typeof slotsSources)[number];

/** Where a limit was learned. */
export type LimitSource = 'scoreboard' | 'override' | 'config_file' | 'computed';

export interface SlotLimit {
  readonly value: number;
  readonly source: LimitSource;
}

/** All slots of one kind. When the limit is known the counts sum to it. */
export interface SlotGroup {
  readonly kind: SlotKind;
  readonly limit?: SlotLimit;
  readonly counts: ReadonlyMap<SlotState, number>;
  /** Counted by the kernel, not by the server. */
  readonly fromKernel?: true;
}

/** What the slot model derives from one snapshot; a ratio without a known limit is absent. */
export interface SlotFigures {
  readonly keepaliveModel: KeepaliveModel;
  readonly groups: readonly SlotGroup[];
  /** keepalive / limit, of the kind that keep-alive costs. */
  readonly keepaliveOccupancy?: number;
  /** Slots that can take no new visitor and are not given up for one / limit. */
  readonly workerSaturation?: number;
  /** Open connections / connection limit. */
  readonly connectionOccupancy?: number;
}

/** Capacity as an operator states it, or as it was read from a server's configuration file. */
export interface Capacity {
  /** Apache: MaxRequestWorkers; nginx: connections of all workers together. */
  readonly slots?: number;
  readonly slotsSource?: 'override' | 'config_file';
  /** Apache event. */
  readonly threadsPerChild?: number;
  /** Apache event; the server's own default is 2. */
  readonly asyncRequestWorkerFactor?: number;
}
