import { Worker } from 'node:worker_threads';
import { readBcryptSource } from './bcrypt-source.ts';

/** Whether a password matches a bcrypt hash. Rejects when that could not be checked. */
export type CheckPassword = (password: string, hash: string) => Promise<boolean>;

/**
 * CommonJS as text: a separate file would be TypeScript in the tests and JavaScript in the package. bcrypt uses at most
 * 72 bytes of a password, so all checks of one hash take the same time.
 */
const workerCode = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = { exports: {} };
new Function('module', 'exports', 'require', workerData.bcrypt)(loaded, loaded.exports, require);
parentPort.on('message', ({ password, hash }) => {
  parentPort.postMessage(loaded.exports.compareSync(password, hash));
});
`;

/** A worker thread takes several MiB. Right passwords are remembered, so it is rarely needed. */
const idleMilliseconds = 10_000;

/**
 * Checks passwords on a separate thread: bcrypt takes 60 ms at cost 10 and a second at cost 14, and would block the
 * event loop for that time. Checks must not overlap.
 */
export function createPasswordChecker(): CheckPassword {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  return async (password, hash) => {
    clearTimeout(idle);
    worker ??= startWorker();
    try {
      return await ask(worker, { password, hash });
    } catch (error) {
      end();
      throw error;
    } finally {
      idle = setTimeout(end, idleMilliseconds).unref();
    }
  };
}

function startWorker(): Worker {
  return new Worker(workerCode, { eval: true, workerData: { bcrypt: readBcryptSource() } });
}

function ask(worker: Worker, question: { password: string; hash: string }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    worker.ref();
    const settle = (act: () => void) => {
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      worker.unref();
      act();
    };
    worker.once('message', (right) => settle(() => resolve(right === true)));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error('the thread for bcrypt ended'))));
    worker.postMessage(question);
  });
}
