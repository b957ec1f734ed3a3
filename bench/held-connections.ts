import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { ChildOrder } from './connection-process.ts';

/** Descriptors of one process: client and accepting processes stay below the common limit of 20,000. */
const perClient = 10_000;
const acceptors = 3;

export interface HeldConnections {
  readonly port: number;
  close(): void;
}

/** Holds `count` established connections to one port of this machine, in separate processes. */
export async function holdConnections(count: number): Promise<HeldConnections> {
  const server = createServer();
  server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const children: ChildProcess[] = [];
  const start = async (order: ChildOrder) => {
    const child = fork(new URL('connection-process.ts', import.meta.url), {
      execArgv: ['--import', 'tsx'],
    });
    children.push(child);
    child.send(order, order.kind === 'accept' ? server : undefined);
    await once(child, 'message');
  };
  for (let started = 0; started < acceptors; started++) await start({ kind: 'accept' });
  // Only the children accept from here on.
  server.close();
  for (let left = count; left > 0; left -= perClient) {
    await start({ kind: 'open', port, count: Math.min(left, perClient) });
  }
  return {
    port,
    close() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
