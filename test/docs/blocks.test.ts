import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { parseWebConfig } from '../../src/config/web-config.ts';
import { docBlock, docBlocks, docFiles, repository } from '../support/doc-blocks.ts';

const blocks = docFiles.flatMap(docBlocks);
const ofLanguage = (language: string) =>
  blocks
    .filter((block) => block.language === language)
    .map(({ place, text }) => [place, text] as const);

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('every block has a language whose blocks are tested', () => {
  // promql: test/alerts. jsonnet: test/scenarios/mixin.test.ts. apache, nginx, and yaml for Prometheus:
  // test/scenarios/documented-configs.test.ts.
  const tested = ['', 'sh', 'yaml', 'promql', 'apache', 'nginx', 'jsonnet'];
  for (const { place, language } of blocks) expect(tested, place).toContain(language);
});

test.each(ofLanguage('sh'))('%s: the shell reads it, and what it names exists', (_, text) => {
  const { stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  expect(stderr).toBe('');
  for (const [, script = ''] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
    expect(Object.keys(scripts)).toContain(script);
  }
  for (const [path] of text.matchAll(/(?<![\w/.-])(?:deploy|alerts|dashboards|docs)\/[\w./-]+/g)) {
    expect(existsSync(join(repository, path)), path).toBe(true);
  }
});

const keysOf = (text: string) => Object.keys((parse(text) as object | null) ?? {});

/** Blocks for other programs, by a key of theirs: promtool and kubectl read those. */
const webKeys = ['tls_server_config', 'basic_auth_users'];
const foreignKeys = [
  'scrape_configs',
  'remote_write',
  'resources',
  'runbook_url',
  'apiVersion',
  'patches',
  'components',
  'images',
  ...webKeys,
];
const ownYaml = ofLanguage('yaml').filter(
  ([, text]) => !keysOf(text).some((key) => foreignKeys.includes(key)),
);

test.each(ownYaml)('%s: the exporter accepts it', (_, text) => {
  const keys = keysOf(text);
  // A page may show the part that it is about; targets are what every configuration has.
  const whole = keys.includes('targets') ? text : `${text}\ntargets: []\n`;
  expect(parseConfig(whole)).toMatchObject({ ok: true });
});

const webYaml = ofLanguage('yaml').filter(([, text]) =>
  keysOf(text).some((key) => webKeys.includes(key)),
);

test.each(webYaml)('%s: the exporter accepts it for --web.config.file', (_, text) => {
  expect(parseWebConfig(text)).toMatchObject({ ok: true });
});

test('the recommended log formats are the same on all pages', () => {
  for (const [language, name] of [
    ['apache', 'LogFormat'],
    ['nginx', 'log_format'],
  ] as const) {
    const recommended = docBlock('docs/log-formats.md', language, name).trim();
    expect(docBlock('docs/web-servers.md', language, name)).toContain(recommended);
    const installed = docBlocks('docs/install.md').filter(({ text }) => text.includes(`${name} `));
    expect(installed.length).toBeGreaterThan(0);
    for (const { text, place } of installed) expect(text, place).toContain(recommended);
  }
});

test('the metrics the README shows are in docs/metrics.md', () => {
  const metrics = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  const shown = docBlock('README.md', '', 'webserver_exhausted').matchAll(/^(\w+)\{/gm);
  const names = [...shown].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(metrics).toContain(`\`${name}\``);
});

test.each(docFiles)('%s: every link leads to a file', (file) => {
  const text = readFileSync(join(repository, file), 'utf8');
  for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^(?:https?|mailto):/.test(link)) continue;
    expect(existsSync(join(repository, dirname(file), link)), link).toBe(true);
  }
});
