/** `npm run bench` runs all, `npm run bench -- scrape` only those named. Prints figures, asserts nothing. */
const benches: Readonly<Record<string, () => Promise<{ readonly run: () => Promise<void> }>>> = {
  scrape: () => import('./scrape.ts'),
  targets: () => import('./targets.ts'),
  sockets: () => import('./proc-net-tcp.ts'),
  logs: () => import('./logs.ts'),
  'log-loss': () => import('./log-loss.ts'),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no bench "${unknown.join('", "')}"; there are ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit(2);
}
for (const [name, load] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n`);
  await (await load()).run();
}
