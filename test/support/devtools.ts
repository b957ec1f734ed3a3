import type { Socket } from 'node:net';

export type Parameters = Readonly<Record<string, unknown>>;

export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Parameters;
}

/** The Chrome DevTools Protocol over the pipes of `--remote-debugging-pipe`: JSON, each message ended by a NUL. */
export interface Devtools {
  /** The result; rejects with the error of the browser. */
  send(method: string, params?: Parameters, sessionId?: string): Promise<Parameters>;
  onEvent(sessionId: string, listener: (event: DevtoolsEvent) => void): void;
}

interface Waiting {
  readonly resolve: (result: Parameters) => void;
  readonly reject: (error: Error) => void;
}

export function connectDevtools([input, output]: readonly Socket[]): Devtools {
  if (input === undefined || output === undefined) throw new Error('The browser has no pipes');
  const waiting = new Map<unknown, Waiting>();
  const listeners = new Map<unknown, (event: DevtoolsEvent) => void>();
  let lastId = 0;

  const receive = (message: Parameters): void => {
    const { id, sessionId, method, params, result, error } = message;
    const asker = waiting.get(id);
    waiting.delete(id);
    if (typeof method === 'string') {
      listeners.get(sessionId)?.({ method, params: isParameters(params) ? params : {} });
    } else if (error === undefined) asker?.resolve(isParameters(result) ? result : {});
    else asker?.reject(new Error(JSON.stringify(error)));
  };

  onMessages(output, receive);
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        const session = sessionId === undefined ? {} : { sessionId };
        input.write(`${JSON.stringify({ id: lastId, method, params, ...session })}\0`);
      }),
    onEvent: (sessionId, listener) => void listeners.set(sessionId, listener),
  };
}

export function isParameters(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function onMessages(output: Socket, receive: (message: Parameters) => void): void {
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const parsed: unknown = JSON.parse(message);
      if (isParameters(parsed)) receive(parsed);
    }
  });
}
