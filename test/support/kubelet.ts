import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** `var/log` of a node as kubelet and containerd make it, below a directory of a test. */
export interface Node {
  readonly pods: string;
  readonly containers: string;
}

export interface PodContainer {
  /** The file written to: `var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log`. */
  readonly log: string;
  readonly write: (
    lines: readonly string[],
    stream?: 'stdout' | 'stderr',
    tag?: 'P' | 'F',
  ) => Promise<void>;
  /**
   * What kubelet's container log manager does: it packs what was rotated before, renames the log and lets containerd
   * open a new one.
   */
  rotate(): Promise<void>;
  /** A container that restarts: the same pod, the next number, a link of its own. */
  restart(): Promise<PodContainer>;
  /** The pod is deleted: its directory and its links go. */
  delete(): Promise<void>;
}

export async function createNode(directory: string): Promise<Node> {
  const node = { pods: join(directory, 'pods'), containers: join(directory, 'containers') };
  for (const path of Object.values(node)) await mkdir(path, { recursive: true });
  return node;
}

interface PodName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export async function startContainer(
  node: Node,
  name: PodName,
  restarts = 0,
): Promise<PodContainer> {
  const { namespace, pod, container } = name;
  const directory = join(node.pods, `${namespace}_${pod}_7d1e-${pod}`);
  const log = join(directory, container, `${restarts}.log`);
  await mkdir(join(directory, container), { recursive: true });
  await appendFile(log, '');
  const id = `${restarts}`.padStart(64, 'c0ffee');
  const link = join(node.containers, `${pod}_${namespace}_${container}-${id}.log`);
  await symlink(log, link);
  let rotations = 0;

  return {
    log,
    write: (lines, stream = 'stdout', tag = 'F') => {
      const wrapped = lines.map(
        (line) => `2026-11-21T03:18:00.123456789Z ${stream} ${tag} ${line}\n`,
      );
      return appendFile(log, wrapped.join(''));
    },
    async rotate() {
      const beside = await readdir(join(directory, container));
      for (const other of beside.filter((file) => /^\d+\.log\.\d+-\d+$/.test(file))) {
        const path = join(directory, container, other);
        await writeFile(`${path}.tmp`, gzipSync(await readFile(path)));
        await rename(`${path}.tmp`, `${path}.gz`);
        await rm(path);
      }
      rotations += 1;
      await rename(log, `${log}.20261121-0318${String(rotations).padStart(2, '0')}`);
      await writeFile(log, '');
    },
    restart: () => startContainer(node, name, restarts + 1),
    async delete() {
      await rm(directory, { recursive: true });
      for (const other of await readdir(node.containers)) {
        if (other.startsWith(`${pod}_${namespace}_`))
          await rm(join(node.containers, basename(other)));
      }
    },
  };
}
