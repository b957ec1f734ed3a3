import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../tools/bundle/build-bundle.ts';
import { docBlock, docBlocks, repository } from '../support/doc-blocks.ts';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { answersOk } from '../support/http-get.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { startProcess } from '../support/processes.ts';
import { promtool } from '../support/promtool.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

interface Place {
  readonly directory: string;
  readonly port: number;
}

/** A directory that looks to a server as the one its configuration was written for. */
async function createPlace(): Promise<Place> {
  const directory = await keepTempDirectory('documented');
  for (const name of ['htdocs', 'conf', 'log', 'tmp']) {
    await mkdir(join(directory, name));
    await chmod(join(directory, name), 0o777);
  }
  await writeFile(join(directory, 'htdocs/index.html'), 'up\n');
  await writeFile(join(directory, 'conf/mime.types'), 'text/html html\n');
  await symlink('/usr/lib/apache2/modules', join(directory, 'modules'));
  await mkdir(join(directory, 'bin'));
  await symlink(requireBinary('rotatelogs'), join(directory, 'bin/rotatelogs'));
  return { directory, port: await findFreePort() };
}

/** The paths and the port of an image or a distribution become those of the place; all else stays as written. */
function relocate(text: string, { directory, port }: Place): string {
  // /tmp first: the place itself is in there.
  return text
    .replaceAll('/tmp', join(directory, 'tmp'))
    .replaceAll('/usr/local/apache2', directory)
    .replaceAll('127.0.0.1:5140', `127.0.0.1:${port}`)
    .replaceAll(/\/var\/log\/(?:web|nginx|apache2)\b/g, join(directory, 'log'))
    .replaceAll('/var/lib/keepalive-exporter', join(directory, 'tmp'))
    .replaceAll('/usr/share/nginx/html', join(directory, 'htdocs'))
    .replaceAll(/^(\s*listen|Listen) (?:127\.0\.0\.1:)?\d+/gim, `$1 127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
}

/** As the pods run it: not as root. Debian's setpriv is part of every installation. */
async function startServer(place: Place, binary: string, args: readonly string[], status: string) {
  const command = requireBinary(binary);
  const asNobody = ['--reuid=65532', '--regid=65532', '--clear-groups', command, ...args];
  const asRoot = process.getuid?.() === 0;
  return keep(
    await startProcess({
      command: asRoot ? requireBinary('setpriv') : command,
      args: asRoot ? asNobody : args,
      env: { APACHE_LOG_DIR: join(place.directory, 'log') },
      isReady: () => answersOk(`http://127.0.0.1:${place.port}${status}`),
      logFiles: [join(place.directory, 'log/error.log')],
    }),
  );
}

async function startApacheWith(place: Place, config: string) {
  const file = join(place.directory, 'conf/httpd.conf');
  await writeFile(file, config);
  return startServer(place, 'apache2', ['-f', file, '-DFOREGROUND'], '/server-status?auto');
}

async function startNginxWith(place: Place, config: string) {
  const file = join(place.directory, 'conf/nginx.conf');
  await writeFile(file, config);
  const args = ['-e', join(place.directory, 'log/error.log'), '-c', file, '-g', 'daemon off;'];
  return startServer(place, 'nginx', args, '/stub_status');
}

/** The exporter sees the server as up, and parses each line that three requests leave in its log. */
async function expectUnderstood(place: Place, config: string): Promise<void> {
  const exporter = keep(await startExporter({ config }));
  await requestsOnOneConnection({ url: `http://127.0.0.1:${place.port}/`, count: 3 });
  let exposition = parseExposition(await exporter.metrics());
  const lines = (result: string) => exposition.value('webserver_log_lines_total', { result }) ?? 0;
  await waitUntil({
    until: 'three lines are counted',
    async holds() {
      exposition = parseExposition(await exporter.metrics());
      return lines('parsed') >= 3;
    },
  });
  expect(lines('unparsed')).toBe(0);
  expect(exposition.value('webserver_up')).toBe(1);
  expect(exposition.value('webserver_log_request_duration_seconds_count')).toBeGreaterThan(2);
  const reached = exposition.value('webserver_log_connections_reached_total', { requests: '2' });
  expect(reached).toBe(1);
}

describe('the examples of deploy/kubernetes run as a user without rights', () => {
  const overlays = 'deploy/kubernetes/overlays';

  test('the Apache pod, with its exporter', async () => {
    const place = await createPlace();
    const script = 'keep-three.sh';
    await copyFile(
      join(repository, overlays, 'apache-sidecar', script),
      join(place.directory, 'conf', script),
    );
    await startApacheWith(place, relocate(read(`${overlays}/apache-sidecar/httpd.conf`), place));
    await expectUnderstood(place, relocate(read(`${overlays}/apache-sidecar/config.yml`), place));
  });

  test('the nginx pod, with its exporter', async () => {
    const place = await createPlace();
    await startNginxWith(place, relocate(read(`${overlays}/nginx-sidecar/nginx.conf`), place));
    await expectUnderstood(place, relocate(read(`${overlays}/nginx-sidecar/config.yml`), place));
  });
});

describe('docs/web-servers.md', () => {
  test('the lines for Apache do what the page says', async () => {
    const place = await createPlace();
    const around = [
      `ServerRoot "${place.directory}"`,
      `PidFile "${place.directory}/tmp/httpd.pid"`,
      `DefaultRuntimeDir "${place.directory}/tmp"`,
      'ServerName documented',
      `Listen ${place.port}`,
      'LoadModule mpm_event_module modules/mod_mpm_event.so',
      'LoadModule authz_core_module modules/mod_authz_core.so',
      'LoadModule authz_host_module modules/mod_authz_host.so',
      'LoadModule dir_module modules/mod_dir.so',
      'DirectoryIndex index.html',
      `DocumentRoot "${place.directory}/htdocs"`,
      `ErrorLog "${place.directory}/log/error.log"`,
    ].join('\n');
    const block = relocate(docBlock('docs/web-servers.md', 'apache'), place);
    await startApacheWith(place, `${around}\n${block}`);
    await expectUnderstood(
      place,
      configFor(place, 'apache', '/server-status?auto', 'conf/httpd.conf'),
    );
  });

  test('the lines for nginx do what the page says', async () => {
    const place = await createPlace();
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${place.directory}/tmp/${name};`,
    );
    const config = `pid ${place.directory}/tmp/nginx.pid;
events { worker_connections 64; }
http {
${temporary.join('\n')}
root ${place.directory}/htdocs;
${relocate(docBlock('docs/web-servers.md', 'nginx'), place)}
}`;
    await startNginxWith(place, config);
    await expectUnderstood(place, configFor(place, 'nginx', '/stub_status', 'conf/nginx.conf'));
  });

  function configFor({ directory, port }: Place, server: string, path: string, file: string) {
    return `
targets:
  - name: documented
    server: ${server}
    status_url: "http://127.0.0.1:${port}${path}"
    sampling: {interval: 0s}
    access_logs: [{path: ${directory}/log/access.log, format: keepalive, format_file: ${directory}/${file}}]`;
  }
});

test.each(docBlocks('docs/deploy/prometheus.md').map(({ place, text }) => [place, text] as const))(
  '%s: Prometheus takes it',
  async (_, text) => {
    const path = await keepTempDirectory('prometheus-docs');
    const file = join(path, 'prometheus.yml');
    await writeFile(file, text.replace('/etc/prometheus/keepalive', join(repository, 'alerts')));
    expect(promtool(['check', 'config', file])).toMatchObject({ exitCode: 0 });
  },
);

test('the README’s configuration is accepted, and a typo in it is named by its line', async () => {
  const path = await keepTempDirectory('readme');
  const main = join(repository, 'dist/main.js');
  const block = docBlock('README.md', 'sh', 'cat > config.yml');
  // Checked rather than served: a server would run on.
  const script = block.replace('npm start --', `node ${main} check-config`);
  const run = (input: string) => spawnSync('bash', ['-e'], { cwd: path, input, encoding: 'utf8' });
  expect(run(script)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('config.yml: ok, 2 targets\n'),
  });
  const misspelt = run(script.replace('server: apache', 'sever: apache'));
  expect(misspelt.status).toBe(1);
  expect(misspelt.stdout + misspelt.stderr).toMatch(/config\.yml:2:.*sever/);
});

test('the commands of docs/deploy/systemd.md put everything where the unit looks for it', async () => {
  const path = await keepTempDirectory('systemd-docs');
  const root = join(path, 'root');
  for (const name of ['usr/lib/sysusers.d', 'etc/systemd/system', 'etc/default']) {
    await mkdir(join(root, name), { recursive: true });
  }
  const checkout = join(path, 'checkout');
  await mkdir(checkout);
  await buildBundle(join(checkout, 'dist'));
  await cp(join(repository, 'deploy'), join(checkout, 'deploy'), { recursive: true });
  await writeFile(join(checkout, 'config.yml'), 'targets: []\n');
  const commands = docBlock('docs/deploy/systemd.md', 'sh', 'install -d')
    .replaceAll(/ \/(usr|etc)\//g, ` ${root}/$1/`)
    .replace('-g keepalive-exporter', '-g "$(id -g)"');
  // What would change this machine, or takes minutes, is only noted.
  const harmless = ['npm', 'systemctl', 'systemd-sysusers'].map(
    (name) => `${name}() { echo "called ${name} $*"; }\n`,
  );
  const { status, stdout, stderr } = spawnSync('bash', ['-e'], {
    cwd: checkout,
    input: harmless.join('') + commands,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('called systemctl enable --now keepalive-exporter');
  const unit = await readFile(join(root, 'etc/systemd/system/keepalive-exporter.service'), 'utf8');
  const [, main = ''] = /^ExecStart=.* (\/\S+\.mjs) serve$/m.exec(unit) ?? [];
  const [, defaults = ''] = /^EnvironmentFile=-(\S+)$/m.exec(unit) ?? [];
  const [, config = ''] =
    /^KEEPALIVE_EXPORTER_CONFIG_FILE=(\S+)$/m.exec(await readFile(join(root, defaults), 'utf8')) ??
    [];
  const checked = spawnSync(process.execPath, [
    join(root, main),
    'check-config',
    join(root, config),
  ]);
  expect(checked.status).toBe(0);
});

test('systemd-analyze finds the unit well protected', () => {
  const unit = join(repository, 'deploy/systemd/keepalive-exporter.service');
  const { stdout, status } = spawnSync(
    requireBinary('systemd-analyze'),
    ['security', '--offline=true', '--threshold=20', '--no-pager', unit],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(/Overall exposure level for keepalive-exporter\.service: [01]\.\d OK/);
  expect(status).toBe(0);
});
