import { once } from 'node:events';
import { connect } from 'node:http2';

export interface HeldStreams {
  /** How many streams have got the headers of their response so far. */
  begun(): number;
  close(): Promise<void>;
}

export interface StreamOptions {
  readonly port: number;
  readonly count: number;
  readonly path: string;
  /** PEM of the authority that the server's certificate is from. */
  readonly authority: string;
}

/** One HTTP/2 connection with that many requests on it, none of which ends by itself. */
export async function openStreams(options: StreamOptions): Promise<HeldStreams> {
  const { port, count, path, authority } = options;
  const session = connect(`https://127.0.0.1:${port}`, { ca: authority });
  await once(session, 'connect');
  let begun = 0;
  for (let i = 0; i < count; i++) {
    const stream = session.request({ ':path': path });
    stream.on('error', () => undefined);
    stream.on('response', () => {
      begun += 1;
    });
    // Read on: a stream that nobody reads holds up what the others may receive.
    stream.resume();
  }
  const close = async () => {
    if (session.destroyed) return;
    const closed = once(session, 'close');
    session.destroy();
    await closed;
  };
  return { begun: () => begun, close };
}
