import { get, type IncomingMessage } from 'node:http';

export interface SlotEvents {
  /** Status of the answer: 200, or 503 when there are too many streams. */
  readonly status: number;
  /** The newest event, as JSON text. */
  latest(): string;
  close(): Promise<void>;
}

/** A viewer without a browser. */
export async function openSlotEvents(url: string): Promise<SlotEvents> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/slots/events`, resolve).on('error', reject);
  });
  let text = '';
  answer
    .setEncoding('utf8')
    .on('data', (more: string) => {
      const events = (text + more).split('\n\n').filter((event) => event !== '');
      text = `${events.at(-1) ?? ''}${(text + more).endsWith('\n\n') ? '\n\n' : ''}`;
    })
    // The end of a test cuts it.
    .on('error', () => undefined);
  return {
    status: answer.statusCode ?? 0,
    latest: () => text,
    close: async () => void answer.destroy(),
  };
}
