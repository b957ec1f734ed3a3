/** A listening socket, and what tells which server it is of. */
export interface ListeningSocket {
  readonly port: number;
  /** `0.0.0.0`, `*`, `::` or one address. */
  readonly address: string;
  readonly inode: number;
  readonly cgroup?: string;
  /** PIDs that hold it, as far as they may be seen. */
  readonly owners: readonly number[];
  /** Whether the exporter itself listens on it. */
  readonly ours: boolean;
}

/** A port on which a server listens; with an address where another server has the same port on another one. */
export interface ListenEndpoint {
  readonly port: number;
  readonly address?: string;
}

/** How the endpoints of a server became known. */
export type ListenOrigin =
  | 'configuration'
  | 'processes'
  | 'control group'
  | 'configuration file'
  | 'pod'
  | 'status URL';

export interface ListenSelection {
  readonly endpoints: readonly ListenEndpoint[];
  readonly origin: ListenOrigin;
  /** Whether all ports of the server are in it; with `status URL` there may be more. */
  readonly complete: boolean;
}
