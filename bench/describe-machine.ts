import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Date, processors, memory, Node.js and the versions of other programs as Debian names them, as one sentence. */
export function describeMachine(packages: readonly string[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${date}: ${cpus().length} cores (${processor}), ${gibibytes} GiB, Node.js ${process.version}; ${versions(packages).join(', ')}.`;
}

function versions(packages: readonly string[]): readonly string[] {
  const asked = ['-W', '-f', `\${Package} \${Version}\\n`, ...packages];
  const { stdout } = spawnSync('dpkg-query', asked, { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter((line) => /^\S+ \S+$/.test(line));
}
