import { expect, test } from 'vitest';
import { createHostSource } from '../../src/pipeline/host-source.ts';
import { err, ok } from '../../src/result.ts';

const missing = err({ kind: 'not_found', subject: '/proc', detail: 'not there' } as const);

test('lines of the socket table that cannot be read are logged at debug level', async () => {
  const lines: object[] = [];
  const nothing = () => undefined;
  const debug = (message: string, fields?: object) => lines.push({ message, ...fields });
  const sockets = ok({ ports: new Map(), malformedLines: 2 });
  const readHost = createHostSource({
    target: 'shop',
    readListen: async () => ({
      endpoints: [{ port: 80 }],
      origin: 'configuration',
      complete: true,
    }),
    processes: undefined,
    kernel: {
      read: async () => ({
        sockets,
        listenCounters: missing,
        somaxconn: missing,
        readAtSeconds: 0,
      }),
      readListeners: async () => sockets,
      close: nothing,
    },
    log: { debug, info: nothing, warn: nothing, error: nothing },
  });
  await readHost(false);
  const message = 'lines of the kernel socket table cannot be read';
  expect(lines).toEqual([{ message, target: 'shop', lines: 2 }]);
});
