import type { WorkerState } from './apache-status.ts';

/** What an idle keep-alive client occupies: see IdleCost. */
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

/** A state that only the kernel shows: reading a request and processing it look alike there. */
export type KernelSlotState = 'active';

export type SlotState = WorkerState | EventConnectionState | NginxConnectionState | KernelSlotState;

/** The source of slot figures: the status page, the status page over the observation lane, or the kernel. */
export const slotsSources = ['status', 'lane', 'kernel'] as const;

export type SlotsSource = (typeof slotsSources)[number];

/** The source of a limit. */
export type LimitSource = 'scoreboard' | 'override' | 'config_file' | 'computed';

export interface SlotLimit {
  readonly value: number;
  readonly source: LimitSource;
}

/** All slots of one kind. When the limit is known, the counts add up to it. */
export interface SlotGroup {
  readonly kind: SlotKind;
  readonly limit?: SlotLimit;
  readonly counts: ReadonlyMap<SlotState, number>;
  /** Counted in the kernel, not by the server. */
  readonly fromKernel?: true;
}

/** The figures of one poll. A ratio is absent when its limit is not known. */
export interface SlotFigures {
  readonly keepaliveModel: KeepaliveModel;
  readonly groups: readonly SlotGroup[];
  /** keepalive / limit, of the kind of slot that idle clients hold. */
  readonly keepaliveOccupancy?: number;
  /** Slots in use that the server does not reclaim / limit. */
  readonly workerSaturation?: number;
  /** Open connections / connection limit. */
  readonly connectionOccupancy?: number;
}

/** Capacity as configured, or as read from the configuration file of a server. */
export interface Capacity {
  /** Apache: MaxRequestWorkers; nginx: connections of all workers together. */
  readonly slots?: number;
  readonly slotsSource?: 'override' | 'config_file';
  /** Apache event. */
  readonly threadsPerChild?: number;
  /** Apache event; the server's default is 2. */
  readonly asyncRequestWorkerFactor?: number;
}
