import { spawn, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { httpGet, answersOk } from '../test/support/http-get.ts';
import { residentMegabytes, cpuSeconds } from './measure.ts';
const origin = fork(new URL('./status-origin.ts', import.meta.url));
const [port] = (await once(origin, 'message')) as [number];
writeFileSync('/tmp/zz.yml', `targets: [{name: a, server: apache, status_url: "http://127.0.0.1:${port}/"}]`);
const variants: [string, string[], Record<string,string>][] = [
  ['now', ['--max-semi-space-size=2'], {}],
  ['arena2', ['--max-semi-space-size=2'], {MALLOC_ARENA_MAX:'2'}],
  ['arena1', ['--max-semi-space-size=2'], {MALLOC_ARENA_MAX:'1'}],
  ['semi1', ['--max-semi-space-size=1'], {}],
  ['optsize', ['--max-semi-space-size=2','--optimize-for-size'], {}],
  ['optsize+arena', ['--max-semi-space-size=1','--optimize-for-size'], {MALLOC_ARENA_MAX:'1'}],
  ['v8pool', ['--max-semi-space-size=2','--v8-pool-size=1'], {MALLOC_ARENA_MAX:'1'}],
  ['maxold40', ['--max-semi-space-size=2','--max-old-space-size=48'], {MALLOC_ARENA_MAX:'1'}],
  ['lazy', ['--max-semi-space-size=2','--max-lazy'], {MALLOC_ARENA_MAX:'1'}],
  ['nosparkplug', ['--max-semi-space-size=2','--no-opt'], {MALLOC_ARENA_MAX:'1'}],
  ['gcglobal', ['--max-semi-space-size=2','--gc-interval=2000'], {MALLOC_ARENA_MAX:'1'}],
  ['minsemi', ['--semi-space-growth-factor=1','--min-semi-space-size=1','--max-semi-space-size=1','--initial-old-space-size=8'], {MALLOC_ARENA_MAX:'1'}],
];
const only = process.argv[2];
for (const [name, flags, env] of variants) {
  if (only && !only.split(',').includes(name)) continue;
  const p = spawn(process.execPath, [...flags, 'dist/main.js', 'serve', '--config.file=/tmp/zz.yml', '--web.listen-address=127.0.0.1:29921'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const u = 'http://127.0.0.1:29921';
  while (!(await answersOk(u + '/-/ready'))) await new Promise((r) => setTimeout(r, 50));
  await new Promise((r) => setTimeout(r, 2000));
  const start = residentMegabytes(p.pid!);
  for (let i = 0; i < 100; i++) await httpGet(u + '/metrics');
  const t: number[] = []; const c = cpuSeconds(p.pid!);
  for (let i = 0; i < 1000; i++) { const s = performance.now(); await httpGet(u + '/metrics'); t.push(performance.now() - s); }
  t.sort((a, b) => a - b);
  const cpu = cpuSeconds(p.pid!) - c;
  const after = residentMegabytes(p.pid!);
  console.log(name.padEnd(14), 'start', start.toFixed(0), 'after', after.toFixed(0), 'p50', t[500]!.toFixed(2), 'p99', t[990]!.toFixed(1), 'cpu ms/scrape', (cpu).toFixed(2));
  p.kill(); await once(p, 'exit');
}
origin.kill();
