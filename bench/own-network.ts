import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const marker = 'KEEPALIVE_BENCH_OWN_NETWORK';

/** Whether this process has its own network namespace, so that the counters of the kernel are only its own. */
export function hasOwnNetwork(): boolean {
  return process.env[marker] === '1';
}

/**
 * Runs a bench again in a network namespace of its own, whose loopback has the packet size of an Ethernet.
 *
 * @returns whether it ran
 */
export async function runInOwnNetwork(bench: string): Promise<boolean> {
  // Only root may do this, and in most containers not even root.
  if (spawnSync('unshare', ['--net', 'ip', 'link', 'show', 'lo']).status !== 0) return false;
  const [main = ''] = process.argv.slice(1);
  const script = 'ip link set lo mtu 1500 up && exec "$@"';
  const command = [process.execPath, ...process.execArgv, main, bench];
  const child = spawn('unshare', ['--net', 'sh', '-c', script, 'sh', ...command], {
    stdio: 'inherit',
    env: { ...process.env, [marker]: '1' },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${bench} in its own network ended with ${code}`);
  return true;
}

/** TCP segments sent in this network namespace so far, without retransmitted ones. */
export function sentSegments(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp: '));
  return Number(values.split(' ')[names.split(' ').indexOf('OutSegs')]);
}
