import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/doc-blocks.ts';
import { keepTempDirectory } from '../support/keep.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const checkRelease = join(repository, '.github/check-release.sh');

/** What the script does with this changelog, in a folder with the version 1.2.3. */
async function check(tag: string, changelog: string) {
  const cwd = await keepTempDirectory('release');
  await writeFile(
    join(cwd, 'package.json'),
    '{\n  "name": "x",\n  "version": "1.2.3",\n  "x": 1\n}\n',
  );
  await writeFile(join(cwd, 'CHANGELOG.md'), changelog);
  return spawnSync('sh', [checkRelease, tag], { cwd, encoding: 'utf8' });
}

const changelog = `# Changelog

## Unreleased

## 1.2.3 (2026-11-22)

### Logs

- New.

## 1.2.30 (2026-11-21)

- Old.
`;

test('check-release.sh prints the section of the version: the notes of the release', async () => {
  expect(await check('v1.2.3', changelog)).toMatchObject({
    status: 0,
    stdout: '\n### Logs\n\n- New.\n\n',
    stderr: '',
  });
});

test.each([
  ['v1.2.4', changelog, 'the tag is v1.2.4, and package.json has 1.2.3'],
  ['1.2.3', changelog, 'the tag is 1.2.3, and package.json has 1.2.3'],
  ['v1.2.3', '# Changelog\n\n## 1.2.2 (x)\n\n- a\n', 'CHANGELOG.md has no section for 1.2.3'],
  [
    'v1.2.3',
    changelog.replace('## Unreleased\n', '## Unreleased\n\n- Newer.\n'),
    'CHANGELOG.md has lines under Unreleased; move them under 1.2.3',
  ],
])('a release of %s is refused', async (tag, text, reason) => {
  const { status, stdout, stderr } = await check(tag, text);
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `${reason}\n` });
});

interface Job {
  readonly needs?: string;
  readonly steps: readonly {
    readonly if?: string;
    readonly uses?: string;
    readonly run?: string;
  }[];
}

const jobs = readdirSync(join(repository, '.github/workflows')).flatMap((file) => {
  const { jobs: all } = parse(read(`.github/workflows/${file}`)) as { jobs: Record<string, Job> };
  return Object.entries(all).map(([name, job]) => ({ name, job }));
});

const publishes = /npm publish|gh release create|helm push|docker\/build-push-action/;

test('nothing is published before check-release.sh has accepted the tag', () => {
  const publishing = jobs.filter(({ job }) =>
    job.steps.some(({ run = '', uses = '' }) => publishes.test(`${run}${uses}`)),
  );
  expect(publishing.map(({ name }) => name).toSorted()).toEqual(['chart', 'files', 'image', 'npm']);
  for (const { name, job } of publishing) {
    const texts = job.steps.map(({ run = '', uses = '' }) => `${run}${uses}`);
    const checked = texts.findIndex((text) => text.includes('.github/check-release.sh'));
    expect(checked, name).toBeGreaterThan(0);
    expect(checked, name).toBeLessThan(texts.findIndex((text) => publishes.test(text)));
  }
});

const runOf = (job: string, wanted: RegExp): string =>
  jobs
    .find(({ name }) => name === job)
    ?.job.steps.map(({ run = '' }) => run)
    .find((run) => wanted.test(run)) ?? '';

test('npm is told the repository, which it compares with the provenance', async () => {
  const cwd = await keepTempDirectory('release');
  await copyFile(join(repository, 'package.json'), join(cwd, 'package.json'));
  const env = { ...process.env, GITHUB_SERVER_URL: 'https://g.internal', GITHUB_REPOSITORY: 'A/b' };
  spawnSync('bash', ['-c', runOf('npm', /npm pkg set/)], { cwd, env });
  expect(JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))).toMatchObject({
    repository: { url: 'git+https://g.internal/A/b.git' },
  });
});

test('the published chart names the published image, in small letters as a registry wants it', async () => {
  const cwd = await keepTempDirectory('release');
  await copyFile(
    join(repository, 'deploy/helm/keepalive-exporter/values.yaml'),
    join(cwd, 'v.yaml'),
  );
  const run = runOf('chart', /sed/).replace('deploy/helm/keepalive-exporter/values.yaml', 'v.yaml');
  const env = {
    ...process.env,
    REGISTRY: 'registry.internal',
    GITHUB_REPOSITORY: 'Owner/Exporter',
  };
  expect(spawnSync('bash', ['-ec', run], { cwd, env, encoding: 'utf8' })).toMatchObject({
    status: 0,
  });
  expect(parse(readFileSync(join(cwd, 'v.yaml'), 'utf8'))).toMatchObject({
    image: { repository: 'registry.internal/owner/exporter' },
  });
});
