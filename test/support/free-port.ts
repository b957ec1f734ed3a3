import { createServer } from 'node:net';

/**
 * Below the kernel's ephemeral range (32768-60999): a port from that range may become the local end of one of
 * our many client connections between being found free and being listened on.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const ATTEMPTS = 100;

/** Test files run side by side in so many processes at most; each has ports of its own. */
const PROCESSES = 4;
const PORTS_EACH = Math.floor((LAST_PORT - FIRST_PORT) / PROCESSES);
const firstOwnPort =
  FIRST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % PROCESSES) * PORTS_EACH;

const handedOut = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listens on; never the same twice in one process. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = firstOwnPort + Math.floor(Math.random() * PORTS_EACH);
    if (handedOut.has(port) || !(await canListen(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`Cannot find a free port between ${FIRST_PORT} and ${LAST_PORT}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
