import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../tools/bundle/build-bundle.ts';
import { docBlock, docBlocks, repository } from '../support/doc-blocks.ts';
import {
  createPlace,
  expectUnderstood,
  type Place,
  relocate,
  startServer,
} from '../support/documented-place.ts';
import { requireBinary } from '../support/find-binary.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { promtool } from '../support/promtool.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

async function startApacheWith(place: Place, config: string) {
  const file = join(place.directory, 'conf/httpd.conf');
  await writeFile(file, config);
  const args = ['-f', file, '-DFOREGROUND'];
  const statusUrl = `http://127.0.0.1:${place.port}/server-status?auto`;
  return startServer(place, { binary: 'apache2', args, statusUrl });
}

async function startNginxWith(place: Place, config: string) {
  const file = join(place.directory, 'conf/nginx.conf');
  await writeFile(file, config);
  const args = ['-e', join(place.directory, 'log/error.log'), '-c', file, '-g', 'daemon off;'];
  const statusUrl = `http://127.0.0.1:${place.port}/stub_status`;
  return startServer(place, { binary: 'nginx', args, statusUrl });
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
