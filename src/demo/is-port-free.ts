import { createServer } from 'node:net';

/** Whether the port is free at this moment. */
export function isPortFree(address: {
  readonly host: string;
  readonly port: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(address, () => server.close(() => resolve(true)));
  });
}
