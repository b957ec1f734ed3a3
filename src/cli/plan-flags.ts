import { type CommandFlagTable, outputFlag } from './command-flags.ts';

export const planFlags = {
  slots: {
    value: 'N',
    help: 'Slots: MaxRequestWorkers, or worker_processes x worker_connections.',
  },
  hold: {
    value: 'DURATION',
    help: 'Time that a visitor holds a slot: page load plus idle timeout.',
  },
  rate: { value: 'N', help: 'New visitors per second at the peak.' },
  average: {
    value: 'N',
    help: 'New visitors per second in the busiest hour; the peak is 2 to 3 times that.',
  },
  connections: {
    value: 'N',
    default: '1',
    help: 'Connections that a visitor opens at the same time; browsers open 3 to 6.',
  },
  timeout: { value: 'DURATION', help: 'Keep-alive timeout: the idle part of --hold.' },
  memory: { value: 'SIZE', help: 'Memory for all workers, such as 4GiB.' },
  'slot-memory': { value: 'SIZE', help: 'Memory of one worker, such as 48MiB (its PSS).' },
  requests: { value: 'N', help: 'Requests per second of all clients, to count handshake packets.' },
  clients: { value: 'N', help: 'Clients that send --requests.' },
  'connection-time': {
    value: 'DURATION',
    default: '1s',
    help: 'Time that each client keeps a connection.',
  },
  output: outputFlag,
} as const satisfies CommandFlagTable;
