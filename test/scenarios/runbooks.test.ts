import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { docBlocks, repository } from '../support/doc-blocks.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { requireBinary } from '../support/find-binary.ts';
import { type HeldClients, openBusyClients } from '../support/held-clients.ts';
import { type RealAlertmanager, startAlertmanager } from '../support/real-alertmanager.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { type RealPrometheus, startPrometheus } from '../support/real-prometheus.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { createTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Every line of every fenced block of the runbooks, without its comment; an indented line goes on with the one before. */
function linesOf(language: 'sh' | 'promql'): readonly string[] {
  const pages = readdirSync(join(repository, 'docs/runbooks')).filter((name) =>
    name.endsWith('.md'),
  );
  const lines = pages
    .flatMap((page) => docBlocks(join('docs/runbooks', page)))
    .filter((block) => block.language === language)
    .flatMap(({ text }) => text.trim().split(/\n(?! )/))
    .map((line) => line.replace(/\s+#\s.*$/, '').trim());
  return [...new Set(lines)];
}

/** What a command prints on the real server it is for; the first row that is part of it counts. */
const prints: readonly (readonly [string, RegExp])[] = [
  // Only systemd itself could say more: no test machine is booted with it. Wrong options and times are refused anyway.
  ['systemctl', /Loaded:|could not be found|System has not been booted with systemd/],
  [
    'journalctl -u keepalive-exporter --since -1h | grep',
    /^(?!.*(?:Failed to parse|unrecognized))/s,
  ],
  ['journalctl', /No entries|Logs begin|^\w{3} \d\d /m],
  ['dmesg', /^(?!.*(?:invalid|unrecognized))/s],
  ['df -h', /Mounted on[\s\S]*IFree/],
  ['ls -ld', /^drwx/],
  ['ls -l --time-style=full-iso', /checkpoint/],
  ['ls -li', /access\.log[\s\S]*access\.log/],
  ['/-/healthy', /\S/],
  ['/-/reload', /^configuration reloaded$/m],
  ['check-config', /: ok, 2 targets\n[\s\S]*: understood \d+ of the newest \d+ lines/],
  ['/probe?', /^probe_success 1$/m],
  ['/metrics', /^# HELP /],
  ['/targets', /"targets"/],
  ['/config', /status_url/],
  ['SITE', /< HTTP\/1\.1 200/],
  ["grep -E 'Workers|Scoreboard|Conns'", /BusyWorkers: [\s\S]*Scoreboard: /],
  ['tr -cd G', /^[1-9]\d*$/m],
  ["grep -A6 '<td>G'", /<td>G[\s\S]*GET \/slow/],
  ["num_connects}\\n' 'http", /^1\n0$/m],
  ["num_connects}\\n' http", /^1\n0$/m],
  ["grep -oE '<td>", /^ +\d+ <td>127\.0\.0\.1<\/td>/m],
  ["-o /dev/null 'http://127.0.0.1/server-status?auto'", /< HTTP\/1\.1 200/],
  ['curl -sv -o /dev/null http://127.0.0.1/', /< HTTP\/1\.1 200/],
  ['stub_status', /^Active connections: \d+/],
  ['apachectl configtest; nginx -t', /Syntax OK[\s\S]*syntax is ok/],
  ['apachectl -V', /Server MPM: +\w+/],
  ['DUMP_INCLUDES', /Included configuration files/],
  ["grep -E 'worker_", /worker_connections/],
  ['grep -A5 log_format', /log_format/],
  ['tail -n 50 /var/log/apache2/error.log', /resuming normal operations/],
  ['tail -n 50 /var/log/nginx/error.log', /connect\(\) failed/],
  ['tail -n 3 /var/log/nginx/access.log', /" 200 /],
  ["awk '$9", /^ +\d+ 502 \/slow/m],
  ["grep -c '\" 408 '", /^\d+$/m],
  ['head -c1 /var/log/nginx', /^\S/],
  ['(KeepAlive|MaxKeepAlive', /KeepAliveTimeout/],
  ['LogFormat', /LogFormat/],
  ['RequestReadTimeout|client_', /client_header_timeout/],
  ['logrotate', /rotate[\s\S]*rotate/],
  ["ss -ltn 'sport", /^LISTEN +\d+ +\d+ /m],
  ['ss -ltn', /^LISTEN +\d+ +\d+ /m],
  ['ss -lunm', /^State +Recv-Q/],
  ['ss -tn state established', /^ +[1-9]\d* 127\.0\.0\.1$/m],
  // The access log of nginx, as the destination of a descriptor.
  ['/proc/PID/fd', /-> \S+\/access\.log$/m],
  // It prints nothing: the master gets a signal and opens the logs again.
  ['nginx -s reopen', /^$/],
  ['sysctl', /^net\.core\.\w+ = \d+/],
  ['nstat', /TcpExtListenOverflows +\d+[\s\S]*TcpExtListenDrops +\d+/],
  ['pgrep -x', /^\d+ [1-9]\d* \d+$/m],
  ['ps -eo', /apache2[\s\S]*nginx|nginx[\s\S]*apache2/],
  ['amtool alert query', /KeepaliveExporterWatchdog/],
  ['promtool check rules', /SUCCESS: \d+ rules found/],
];

interface Place {
  readonly apache: RealApache;
  readonly nginx: RealNginx;
  readonly exporter: RunningExporter;
  readonly alertmanager: RealAlertmanager;
  readonly prometheus: RealPrometheus;
  readonly checkpoint: string;
  readonly bin: string;
}

let place: Place;
let held: HeldClients;
const stops: (() => Promise<unknown>)[] = [];
const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
  stops.unshift(() => part.stop());
  return part;
};

beforeAll(async () => {
  const { path, remove } = await createTempDirectory('runbooks');
  stops.unshift(remove);
  const [apache, nginx, alertmanager] = await Promise.all([
    startApache({ mpm: 'prefork', maxRequestWorkers: 8 }).then(keep),
    startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      clientHeaderTimeout: 30,
      logFormat: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent',
    }).then(keep),
    startAlertmanager({ route: { receiver: 'a' }, receivers: [{ name: 'a' }] }).then(keep),
  ]);
  const exporter = keep(await startExporter({ config: configOf({ apache, nginx }, path) }));
  const scrape = { job: 'keepalive', url: `${exporter.url}/metrics` };
  const prometheus = keep(await startPrometheus({ scrapeTargets: [scrape] }));
  place = {
    apache,
    nginx,
    exporter,
    alertmanager,
    prometheus,
    checkpoint: path,
    bin: writePrograms(nginx, path),
  };
  await makeTraffic(place);
});

afterAll(async () => {
  await held.close();
  for (const stop of stops) await stop();
});

function configOf({ apache, nginx }: Pick<Place, 'apache' | 'nginx'>, directory: string): string {
  return JSON.stringify({
    checkpoint: { directory },
    targets: [
      { name: 'shop', server: 'apache', status_url: apache.statusUrl },
      {
        name: 'edge',
        server: 'nginx',
        status_url: nginx.statusUrl,
        access_logs: [{ path: nginx.accessLog, format: 'combined' }],
      },
    ],
    probe: {
      allow: [{ cidr: '127.0.0.0/8', ports: [apache.port] }],
      modules: { apache: { server: 'apache', path: '/server-status?auto' } },
    },
  });
}

/** Ours is not the machine's nginx: its configuration must be named. Nor is keepalive-exporter installed here. */
function writePrograms({ configFile, directory, errorLog }: RealNginx, path: string): string {
  const options = `-e '${errorLog}' -p '${directory}' -c '${configFile}'`;
  const programs = {
    nginx: `${requireBinary('nginx')} ${options}`,
    'keepalive-exporter': `'${process.execPath}' '${join(repository, 'dist/main.js')}'`,
  };
  for (const [name, command] of Object.entries(programs)) {
    const file = join(path, name);
    writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return path;
}

/** A graceful restart that has to wait for a request, a log with 200 and 502, an alert that fires. */
async function makeTraffic({ apache, nginx, alertmanager }: Place): Promise<void> {
  await alertmanager.send([{ alertname: 'KeepaliveExporterWatchdog', severity: 'none' }]);
  held = await openBusyClients({ port: apache.port, count: 2, path: '/slow?ms=600000' });
  await waitUntil({
    until: 'two requests are at work',
    holds: () => apache.slowUpstream.inFlight() === 2,
  });
  await apache.graceful();
  await requestsOnOneConnection({ url: `${nginx.url}/`, count: 3 });
  await nginx.slowUpstream.stop();
  await requestsOnOneConnection({ url: `${nginx.url}/slow?ms=1`, count: 1 }).catch(() => undefined);
}

/** The paths and addresses of a Debian server, replaced by those of ours. */
function adapt(command: string): string {
  const { apache, nginx, exporter, alertmanager, checkpoint } = place;
  return command
    .replaceAll('http://127.0.0.1/stub_status', nginx.statusUrl)
    .replaceAll('http://127.0.0.1/', `${apache.url}/`)
    .replaceAll(/(?<!=)http:\/\/SITE\//g, `${apache.url}/`)
    .replaceAll('target=SERVER', `target=127.0.0.1:${apache.port}`)
    .replaceAll('http://EXPORTER:PORT', exporter.url)
    .replaceAll('=FILE', `=${exporter.configFile}`)
    .replaceAll('/proc/PID/', `/proc/${nginx.pid}/`)
    .replaceAll('ALERTMANAGER:9093', alertmanager.address)
    .replaceAll("sport = :80'", `sport = :${apache.port}'`)
    .replaceAll(/\/var\/log\/nginx\/?/g, `${nginx.directory}/`)
    .replaceAll(/\/var\/log\/apache2\/?/g, `${apache.directory}/`)
    .replaceAll(/\/etc\/nginx\/?/g, `${nginx.directory}/`)
    .replaceAll(/\/etc\/apache2\/?/g, `${apache.directory}/`)
    .replaceAll('/var/lib/keepalive-exporter', checkpoint)
    .replaceAll('-u keepalive-exporter --', '-u root --');
}

describe('the commands of the runbooks', () => {
  const commands = linesOf('sh');

  test('are there', () => {
    expect(commands.length).toBeGreaterThan(40);
  });

  it.each(commands)('%s', (command) => {
    const [, expected = /a row in the table above/] =
      prints.find(([part]) => command.includes(part)) ?? [];
    const { stdout, stderr } = spawnSync('bash', ['-c', adapt(command)], {
      cwd: join(repository, 'alerts'),
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: [
          place.bin,
          dirname(requireBinary('apachectl')),
          '/usr/sbin',
          process.env['PATH'],
        ].join(':'),
        APACHE_ARGUMENTS: `-f ${place.apache.configFile}`,
      },
    });
    expect(stdout + stderr).toMatch(expected);
    expect(stderr).not.toMatch(/command not found|usage:|unrecognized|invalid option/i);
  });

  test.each(prints.map(([part]) => part))('%s is still one of them', (part) => {
    expect(commands.some((command) => command.includes(part))).toBe(true);
  });
});

test.each(linesOf('promql'))('Prometheus knows the query %s', async (query) => {
  await expect(place.prometheus.query(query)).resolves.toBeInstanceOf(Array);
});
