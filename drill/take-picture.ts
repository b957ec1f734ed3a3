import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireBinary } from '../test/support/find-binary.ts';
import { answersOk } from '../test/support/http-get.ts';

/** Saves the current page of the exporter as DIRECTORY/NAME.png. Does nothing while it does not answer. */
export async function takePicture(url: string, directory: string, name: string): Promise<void> {
  if (!(await answersOk(url))) return;
  mkdirSync(directory, { recursive: true });
  await promisify(execFile)(
    requireBinary('chromium'),
    [
      '--headless',
      // The sandbox of Chromium refuses to run as root, the user of a container.
      '--no-sandbox',
      '--hide-scrollbars',
      '--window-size=900,820',
      `--screenshot=${join(directory, `${name}.png`)}`,
      url,
    ],
    { timeout: 30_000 },
  );
}
