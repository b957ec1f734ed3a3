import { describe, expect, onTestFinished, test } from 'vitest';
import type { InputPlace } from '../../src/io/log-input.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { createNode, type Node, startContainer } from '../support/kubelet.ts';
import { createTempDirectory } from '../support/temp-directory.ts';

const nginx = { namespace: 'shop', pod: 'web-5d4f', container: 'nginx' };

/** The two ways to name the logs of all containers `nginx` of `shop`. */
const patterns: readonly (readonly [string, (node: Node) => string])[] = [
  ['/var/log/pods', ({ pods }) => `${pods}/shop_web-*/nginx/*.log`],
  ['/var/log/containers', ({ containers }) => `${containers}/web-*_shop_nginx-*.log`],
];

describe.each(patterns)('logs of pods under %s', (_, patternOf) => {
  async function setUp() {
    const { path, remove } = await createTempDirectory('node');
    onTestFinished(remove);
    const node = await createNode(path);
    const seen: string[] = [];
    const open = (place?: InputPlace) => {
      const input = openPathInput({
        pattern: patternOf(node),
        consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
        start: 'beginning',
        cri: 'stdout',
        graceMilliseconds: 60_000,
        graceWithoutDirectoryMilliseconds: 0,
        ...(place === undefined ? {} : { place }),
      });
      onTestFinished(() => input.close());
      return {
        stats: () => input.stats(),
        /** The directories of a pattern with wildcards are listed once a second. */
        pollUntil: (holds: () => boolean) =>
          expect
            .poll(
              async () => {
                while (await input.check());
                return holds();
              },
              { timeout: 60_000 },
            )
            .toBe(true),
        place: async () => JSON.parse(JSON.stringify(await input.place())) as InputPlace,
        condition: () => input.condition().reason,
        close: () => input.close(),
      };
    };
    return { node, seen, open, descriptors: () => descriptorsIn(path) };
  }

  test('are unwrapped, and the lines of other containers and of stderr are left out', async () => {
    const { node, seen, open } = await setUp();
    const web = await startContainer(node, nginx);
    const other = await startContainer(node, { ...nginx, namespace: 'blog' });
    await other.write(['of another namespace']);
    await web.write(['one']);
    await web.write(['error'], 'stderr');
    await web.write(['long, '], 'stdout', 'P');
    await web.write(['whole']);
    const input = open();
    await input.pollUntil(() => seen.length === 2);
    expect(seen).toEqual(['one', 'long, whole']);
    expect(input.condition()).toBe('reading');
  });

  test('parts of two containers are not joined with each other', async () => {
    const { node, seen, open } = await setUp();
    const first = await startContainer(node, nginx);
    const second = await startContainer(node, { ...nginx, pod: 'web-6e5a' });
    await first.write(['a1 '], 'stdout', 'P');
    await second.write(['b1 '], 'stdout', 'P');
    const input = open();
    await input.pollUntil(() => true);
    await first.write(['a2']);
    await second.write(['b2']);
    await input.pollUntil(() => seen.length === 2);
    expect(seen.toSorted()).toEqual(['a1 a2', 'b1 b2']);
  });

  test('are followed through rotation and packing, also when a part of a line comes before and its end after', async () => {
    const { node, seen, open } = await setUp();
    const web = await startContainer(node, nginx);
    const input = open();
    const wanted: string[] = [];
    for (let round = 0; round < 4; round++) {
      await web.write([`first ${round}`]);
      await web.write([`half ${round}, `], 'stdout', 'P');
      await input.pollUntil(() => seen.includes(`first ${round}`));
      await web.rotate();
      await web.write([`whole ${round}`]);
      wanted.push(`first ${round}`, `half ${round}, whole ${round}`);
      await input.pollUntil(() => seen.length === wanted.length);
    }
    expect(seen).toEqual(wanted);
    expect((await input.stats()).skippedBytes).toBe(0);
  });

  test('are read from where reading stopped after a restart, with two rotations, packing and half a line in between', async () => {
    const { node, seen, open } = await setUp();
    const web = await startContainer(node, nginx);
    await web.write(['one']);
    await web.write(['half, '], 'stdout', 'P');
    const before = open();
    await before.pollUntil(() => seen.length === 1);
    const place = await before.place();
    await before.close();
    await web.write(['whole', 'two']);
    await web.rotate();
    await web.write(['three', 'and more']);
    await web.rotate();
    await web.write(['four']);
    const after = open(place);
    await after.pollUntil(() => seen.length === 6);
    expect(seen).toEqual(['one', 'half, whole', 'two', 'three', 'and more', 'four']);
  });

  test('a container that restarts and a new pod are read from their beginning', async () => {
    const { node, seen, open } = await setUp();
    const web = await startContainer(node, nginx);
    await web.write(['one']);
    const input = open();
    await input.pollUntil(() => seen.length === 1);
    const again = await web.restart();
    await again.write(['two']);
    const next = await startContainer(node, { ...nginx, pod: 'web-6e5a' });
    await next.write(['three']);
    await input.pollUntil(() => seen.length === 3);
    expect(seen.toSorted()).toEqual(['one', 'three', 'two']);
  });

  test('the log of a deleted pod is read to its end and closed at once', async () => {
    const { node, seen, open, descriptors } = await setUp();
    const input = open();
    for (let round = 0; round < 3; round++) {
      const web = await startContainer(node, { ...nginx, pod: `web-${round}` });
      await web.write([`${round} one`]);
      await input.pollUntil(() => seen.includes(`${round} one`));
      await web.write([`${round} two`]);
      await web.delete();
      await input.pollUntil(() => seen.includes(`${round} two`) && descriptors() === 0);
    }
    expect(seen).toHaveLength(6);
    expect(input.condition()).toBe('nothing_matches');
    expect(Object.keys((await input.place()).files)).toEqual([]);
  });
});
