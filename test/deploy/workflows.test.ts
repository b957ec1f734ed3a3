import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/** The part of GitHub's workflow syntax that is used here; an unknown key is a typo. */
const permissions = z.record(
  z.enum(['contents', 'packages', 'id-token']),
  z.enum(['read', 'write', 'none']).optional(),
);
const step = z
  .strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    if: z.string().optional(),
    uses: z
      .string()
      // A commit: a person who takes over an action can move its tags, and these jobs publish.
      .regex(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
      .optional(),
    with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    run: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
    'working-directory': z.string().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'one of uses and run')
  .refine((one) => one.with === undefined || one.uses !== undefined, 'with needs uses');
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z
      .strictObject({
        branches: z.array(z.string()).optional(),
        tags: z.array(z.string()).optional(),
      })
      .optional(),
    pull_request: z.null().optional(),
  }),
  permissions,
  jobs: z.record(
    z.string().regex(/^[a-z][\w-]*$/),
    z.strictObject({
      'runs-on': z.literal('ubuntu-24.04'),
      container: z.string().optional(),
      needs: z.string().optional(),
      'timeout-minutes': z.int().max(60),
      permissions: permissions.optional(),
      strategy: z
        .strictObject({
          'fail-fast': z.boolean(),
          matrix: z.record(z.string(), z.array(z.number())),
        })
        .optional(),
      steps: z.array(step).min(1),
    }),
  ),
});

const folder = '.github/workflows';
const files = readdirSync(folder);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

test.each(files)('%s has valid syntax, the fewest permissions, and a time limit', (file) => {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  const parsed = workflow.parse(parse(text));
  // A job has only the permissions that it requests.
  expect(parsed.permissions).toEqual({ contents: 'read' });
  // The owner chooses where to publish: a variable, or the default of the tool.
  expect(text).not.toMatch(/https?:\/\/|registry-url/);
  for (const { steps } of Object.values(parsed.jobs)) {
    for (const { run = '' } of steps) {
      expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr).toBe('');
      // actionlint: text from other people in a script would run as code.
      expect(run).not.toContain('${{');
      for (const [, script = ''] of run.matchAll(/\bnpm run ([\w:-]+)/g)) {
        expect(Object.keys(scripts)).toContain(script);
      }
    }
  }
});

test('expressions use existing contexts, ids of steps and keys of the matrix', () => {
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    for (const [, expression = ''] of text.matchAll(/\$\{\{ (.+?) \}\}/g)) {
      expect(expression, file).toMatch(
        /^(?:github\.(?:actor|token|sha|repository|server_url|event\.head_commit\.timestamp)|vars\.REGISTRY(?: \|\| 'local')?|matrix\.node|steps\.metadata\.outputs\.\w+|startsWith\(github\.ref, 'refs\/tags\/v'\))$/,
      );
      const [, id] = /^steps\.(\w+)/.exec(expression) ?? [];
      if (id !== undefined) expect(text).toMatch(new RegExp(`id: ${id}\\b`));
    }
  }
});

test('what docs/reliability.md says of the workflow is a step of it', () => {
  const { jobs } = workflow.parse(parse(readFileSync(`${folder}/test.yml`, 'utf8')));
  const runs = (job: string) => (jobs[job]?.steps ?? []).map(({ run }) => run);
  expect(runs('check')).toContain('npm audit --audit-level=high');
  expect(jobs['unit']?.strategy?.matrix['node']).toEqual([20.19, 22, 24, 26]);
  expect(runs('unit')).toEqual(expect.arrayContaining(['npm run test:unit', 'npm run test:smoke']));
  expect(runs('integration')).toEqual(
    expect.arrayContaining(['npm run soak -- --minutes 1', 'npm run fuzz -- --minutes 1']),
  );
});

test('files that the workflows name exist', () => {
  expect(existsSync('deploy/docker/Dockerfile')).toBe(true);
  expect(readFileSync(`${folder}/image.yml`, 'utf8')).toContain('file: deploy/docker/Dockerfile');
});

test('each action has one commit everywhere, and the version beside it', () => {
  const used = files.flatMap((file) => [
    ...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/uses: (\S+)@(\S+)(?: # (v[\d.]+))?$/gm),
  ]);
  expect(used.length).toBeGreaterThan(8);
  const commits = new Map<string, Set<string>>();
  for (const [, action = '', commit, version] of used)
    commits.set(action, (commits.get(action) ?? new Set()).add(`${commit} ${version}`));
  for (const [action, all] of commits) {
    expect([...all], action).toHaveLength(1);
    expect([...all][0], action).toMatch(/ v\d+\.\d+\.\d+$/);
  }
});
