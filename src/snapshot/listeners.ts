/** A listening socket, with what identifies its server. */
export interface ListeningSocket {
  readonly port: number;
  /** `0.0.0.0`, `*`, `::` or one address. */
  readonly address: string;
  readonly inode: number;
  readonly cgroup?: string;
  /** PIDs that hold it, as far as they are visible. */
  readonly owners: readonly number[];
  /** Whether the exporter itself listens on it. */
  readonly ours: boolean;
}

/**
 * A port on which a server listens. The address is present where another server has the same port on another address.
 */
export interface ListenEndpoint {
  readonly port: number;
  readonly address?: string;
}

/** How the endpoints of a server were found. */
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
  /** Whether these are all ports of the server; with `status URL` there may be more. */
  readonly complete: boolean;
}
