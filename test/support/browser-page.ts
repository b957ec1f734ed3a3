import { writeFile } from 'node:fs/promises';
import { type Devtools, isParameters, type Parameters } from './devtools.ts';
import { waitUntil } from './wait-until.ts';

export interface BrowserPage {
  send(method: string, params?: Parameters): Promise<Parameters>;
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  /** The value of an expression in the page, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression in the page is true. */
  until(expression: string): Promise<void>;
  /** Presses and releases a key, as KeyboardEvent.key calls it. */
  press(key: string): Promise<void>;
  /** Makes this the tab in front, which hides the one that was. */
  toFront(): Promise<void>;
  /** What the console has complained about: refused by a policy, not loaded, thrown. */
  problems(): readonly string[];
  picture(file: string): Promise<void>;
  close(): Promise<void>;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

export async function openPage(devtools: Devtools): Promise<BrowserPage> {
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = text(attached['sessionId']);
  const send = (method: string, params: Parameters = {}) =>
    devtools.send(method, params, sessionId);
  const problems: string[] = [];
  let loads = 0;
  devtools.onEvent(sessionId, ({ method, params }) => {
    if (method === 'Page.loadEventFired') loads += 1;
    if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') {
      problems.push(JSON.stringify(params));
    }
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);

  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    const { result, exceptionDetails } = answer;
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return isParameters(result) ? result['value'] : undefined;
  };

  return {
    send,
    evaluate,
    problems: () => problems,
    async goto(url) {
      const before = loads;
      await send('Page.navigate', { url });
      await waitUntil({ until: `${url} has loaded`, holds: () => loads > before });
    },
    until: (expression) =>
      waitUntil({
        until: `in the page: ${expression}`,
        // While a page reloads there is none to ask.
        holds: async () => (await evaluate(expression).catch(() => false)) === true,
      }),
    async press(key) {
      const event = keyEvent(key);
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      const { text: _, ...up } = event;
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...up });
    },
    toFront: async () => void (await send('Page.bringToFront')),
    async picture(file) {
      const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true });
      await writeFile(file, Buffer.from(text(data), 'base64'));
    },
    close: async () => void (await devtools.send('Target.closeTarget', { targetId })),
  };
}

const keyCodes: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  ' ': 32,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

/** Buttons act on the text of Enter and Space, not on the key alone. */
function keyEvent(key: string): { readonly text?: string } & Parameters {
  const characters: Readonly<Record<string, string>> = { Enter: '\r', ' ': ' ' };
  const character = characters[key];
  return {
    key,
    code: key === ' ' ? 'Space' : key,
    windowsVirtualKeyCode: keyCodes[key] ?? 0,
    ...(character === undefined ? {} : { text: character }),
  };
}
