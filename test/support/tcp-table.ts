import { readFileSync } from 'node:fs';

const states = { established: '01', 'close-wait': '08', listening: '0A' } as const;
type State = keyof typeof states;

interface Row {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  /** Bytes that nobody has read; of a listening socket, connections that nobody has accepted. */
  readonly unread: number;
}

/** /proc/net/tcp, which has IPv4 alone. */
function rows(): readonly Row[] {
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, local = '', remote = '', state = '', queues = ''] = line.trim().split(/\s+/);
      return { local, remote, state, unread: Number.parseInt(queues.split(':')[1] ?? '0', 16) };
    });
}

const isOf = (address: string, port: number) =>
  address.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`);

/** Connections that wait to be accepted on a port. */
export function acceptQueueOf(port: number): number {
  return rows()
    .filter(({ local, state }) => isOf(local, port) && state === states.listening)
    .reduce((sum, { unread }) => sum + unread, 0);
}

/** The client ends of connections to a port that the client has not closed. */
export function connectionsTo(port: number): readonly State[] {
  return rows().flatMap(({ remote, state }) =>
    (['established', 'close-wait'] as const).filter(
      (name) => isOf(remote, port) && state === states[name],
    ),
  );
}

/** Whether a connection to a port has brought bytes that the server has not read. */
export function hasUnread(port: number): boolean {
  return rows().some(
    ({ local, state, unread }) => isOf(local, port) && state === states.established && unread > 0,
  );
}
