import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../bench/seeded-random.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import {
  countedLines,
  renderSoakConfig,
  type SoakConfig,
  type SoakExporter,
} from './soak-exporter.ts';
import type { SoakSite } from './soak-site.ts';

export interface SoakWorld {
  readonly random: SeededRandom;
  readonly sites: readonly [SoakSite, ...SoakSite[]];
  /** Runs from start to end, so that trends are measured on it. */
  readonly steady: SoakExporter;
  readonly steadyConfig: SoakConfig;
  /** File with the memory readings of the steady exporter. */
  readonly memoryFile: string;
  /** This exporter is killed and stopped, and its clock is set. */
  readonly shaken: SoakExporter;
  readonly setClock: (seconds: number) => void;
  readonly setHanging: (hangs: boolean) => void;
}

type SoakFault = (world: SoakWorld) => Promise<void>;

/** Each fault ends itself. */
export const soakFaults: Readonly<Record<string, SoakFault>> = {
  'rotate a log': async ({ random, sites }) => random.pick(sites).rotate(),
  'rotate twice at once': async ({ random, sites }) => {
    const site = random.pick(sites);
    await site.rotate();
    await site.rotate();
  },
  'copy and truncate a log': async ({ random, sites, steady, shaken }) => {
    const site = random.pick(sites);
    const lines = await site.copyAndTruncate();
    // A file that is emptied and renamed before the next poll would be lost for the reader. No real setup does both.
    await waitUntil({
      until: 'both exporters have read beyond the copy',
      everyMs: 250,
      async holds() {
        const counted = [await steady.metrics(), await shaken.metrics()];
        return counted.every((metrics) => countedLines(metrics, site.name) > lines);
      },
    });
  },
  'kill an exporter': async ({ shaken }) => {
    await shaken.end('kill');
    await shaken.start();
  },
  'end an exporter and rotate while it is away': async ({ shaken, random, sites }) => {
    await shaken.end('stop');
    await random.pick(sites).rotate();
    await shaken.start();
  },
  'reload a server': async ({ random, sites }) => random.pick(sites).reload(),
  'stop a server with SIGSTOP': async ({ random, sites }) => {
    const site = random.pick(sites);
    site.signal('SIGSTOP', 'all');
    await sleep(random.between(500, 3000));
    site.signal('SIGCONT', 'all');
  },
  'reload the exporter': async ({ steady }) => steady.running.signal('SIGHUP'),
  'reload the exporter with an invalid file': async ({ steady, steadyConfig }) => {
    await steady.configure('targets: none');
    await sleep(500);
    await steady.configure(renderSoakConfig(steadyConfig));
  },
  'fill the disk of the checkpoint': async ({ random, steadyConfig }) => {
    const filler = join(steadyConfig.checkpoints, 'filler');
    await writeFile(filler, Buffer.alloc(tmpfsBytes)).catch(() => undefined);
    await sleep(random.between(500, 3000));
    await rm(filler, { force: true });
  },
  'take the permission of the checkpoint': async ({ random, steadyConfig }) => {
    await chmod(steadyConfig.checkpoints, 0);
    await sleep(random.between(500, 2000));
    await chmod(steadyConfig.checkpoints, 0o755);
  },
  'rotate a log that may not be read at first': async ({ random, sites }) => {
    const site = random.pick(sites);
    await site.rotate();
    await chmod(site.accessLog, 0);
    await sleep(random.between(500, 2000));
    await chmod(site.accessLog, 0o644);
  },
  'hang a status page': async ({ random, setHanging }) => {
    setHanging(true);
    await sleep(random.between(1000, 4000));
    setHanging(false);
  },
  'set a clock': async ({ random, setClock }) => {
    setClock(random.pick([-3600, 3600, -86_400 * 365, 86_400 * 365, 0]));
    await sleep(1000);
  },
};

const tmpfsBytes = 2 * 1024 * 1024;

/** A directory on its own small disk, where the system allows one. @returns a function that removes it */
export async function makeSmallDisk(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const args = ['-t', 'tmpfs', '-o', `size=${tmpfsBytes},mode=755`, 'tmpfs', directory];
  const mounted = spawnSync('mount', args).status === 0;
  return async () => {
    if (mounted) spawnSync('umount', [directory]);
    await rm(dirname(directory), { recursive: true, force: true });
  };
}
