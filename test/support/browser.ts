import { type BrowserPage, openPage } from './browser-page.ts';
import { connectDevtools } from './devtools.ts';
import { requireBinary } from './find-binary.ts';
import { startProcess } from './processes.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';

export interface Browser {
  /** A tab of its own; in front until the next one is opened. */
  open(): Promise<BrowserPage>;
  stop(): Promise<void>;
}

/** Debian's chromium without a window, told what to do over a pipe: no port, no further package. */
export function startBrowser(): Promise<Browser> {
  return buildStoppable(async (defer) => {
    const profile = await createTempDirectory('chromium');
    defer(profile.remove);
    const chromium = await startProcess({
      command: requireBinary('chromium'),
      args: [
        '--headless',
        // Chromium's own sandbox refuses root, which is who runs in a container.
        '--no-sandbox',
        '--remote-debugging-pipe',
        '--disable-background-networking',
        '--disable-extensions',
        '--disable-gpu',
        '--hide-scrollbars',
        '--no-first-run',
        `--user-data-dir=${profile.path}`,
      ],
      pipes: 2,
      isReady: () => true,
    });
    defer(chromium.stop);
    const devtools = connectDevtools(chromium.pipes);
    await devtools.send('Browser.getVersion');
    return { open: () => openPage(devtools) };
  });
}
