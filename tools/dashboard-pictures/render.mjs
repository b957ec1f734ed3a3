// node render.mjs --prometheus=URL --out=DIR [--name=rest] [--from=SECONDS --to=SECONDS | --minutes=3] [--scrape=1]
//   [--width=1200] [--mode=dark|light] [--rows=open] [--most=6000] [--var=target:shop] FILE.json...
// One picture of each dashboard, its folded rows folded unless --rows=open, at most that high: OUT/UID-NAME.png. What was asked, and how many series came,
// is printed.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { collect } from './src/query.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const flags = { prometheus: 'http://127.0.0.1:9090', out: 'pictures', width: '1200', minutes: '3', scrape: '1', mode: 'dark', name: 'rest', most: '1200', rows: 'collapsed' };
const picked = {};
const files = [];
for (const argument of process.argv.slice(2)) {
  const flag = /^--(\w+)=(.*)$/.exec(argument);
  if (flag === null) files.push(argument);
  else if (flag[1] === 'var') picked[flag[2].split(':')[0]] = flag[2].slice(flag[2].indexOf(':') + 1).split(',');
  else flags[flag[1]] = flag[2];
}
const width = Number(flags.width);
const to = flags.to === undefined ? Math.floor(Date.now() / 1000) : Number(flags.to);
const from = flags.from === undefined ? to - Number(flags.minutes) * 60 : Number(flags.from);

const ring =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"/></svg>';

const bundle = join(here, 'build/page.js');
await build({
  entryPoints: [join(here, 'src/page.jsx')],
  bundle: true,
  outfile: bundle,
  format: 'iife',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
  alias: { 'monaco-editor': join(here, 'src/empty.js') },
  logLevel: 'error',
});
mkdirSync(flags.out, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), 'dashboard-pictures-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium',
  headless: true,
  viewport: { width, height: 1000 },
  timezoneId: 'UTC',
  // Chromium's own sandbox refuses root, which is who runs in a container.
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.on('pageerror', (error) => console.error(`page error: ${error.message}`.slice(0, 300)));
  // Nothing is fetched from anywhere: icons, which are not in the bundle, are rings.
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url === 'http://dashboards.local/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><body></body>' });
    if (url.endsWith('.svg')) return route.fulfill({ contentType: 'image/svg+xml', body: ring });
    return route.abort();
  });
  await page.goto('http://dashboards.local/');
  await page.addScriptTag({ path: bundle });
  const css = bundle.replace(/js$/, 'css');
  if (existsSync(css)) await page.addStyleTag({ path: css });
  for (const file of files) await draw(page, file);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}

async function draw(page, file) {
  const input = await collect(file, { prometheus: flags.prometheus, from, to, scrape: Number(flags.scrape), picked, width });
  // Otherwise the page is at least as high as the one before.
  await page.setViewportSize({ width, height: 300 });
  const { height } = await page.evaluate((given) => window.draw(given), { ...input, mode: flags.mode, rows: flags.rows, note: flags.name });
  await page.setViewportSize({ width, height: Math.min(height, 6000) });
  await page.waitForTimeout(600);
  const picture = join(flags.out, `${basename(file, '.json')}-${flags.name}.png`);
  await page.screenshot({ path: picture, clip: { x: 0, y: 0, width, height: Math.min(height, Number(flags.most)) } });
  const empty = input.problems.filter(({ series }) => series === 0).length;
  const errors = input.problems.filter(({ error }) => error);
  console.log(`${picture}: ${input.problems.length} queries, ${empty} without series, ${readFileSync(picture).length} bytes`);
  for (const { panel, error, query } of errors) console.error(`  ${panel}: ${error}\n    ${query}`);
}
