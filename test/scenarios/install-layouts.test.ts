import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { docBlock, docBlocks, repository } from '../support/doc-blocks.ts';
import { createPlace, type Place, startServer } from '../support/documented-place.ts';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { httpGet } from '../support/http-get.ts';
import { keep } from '../support/keep.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The lines of docs/install.md on servers that are configured as each platform delivers them. */
const page = 'docs/install.md';
const layouts = join(repository, 'test/fixtures/layouts');

type Texts = Readonly<Record<string, string>>;

/** Replaces each text in one pass, the longest first: what replaces one may contain another. */
function replaceTexts(text: string, texts: Texts): string {
  const names = Object.keys(texts).toSorted((a, b) => b.length - a.length);
  const escaped = names.map((name) => name.replaceAll(/[.*?[\]]/g, '\\$&'));
  return text.replaceAll(new RegExp(escaped.join('|'), 'g'), (found) => texts[found] ?? found);
}

/** Copies a tree of configuration, with the paths and ports of a place. */
async function copyTree(from: string, to: string, texts: Texts): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true });
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    await writeFile(file, replaceTexts(await readFile(file, 'utf8'), texts));
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function startApache(place: Place, root: string, file: string) {
  const tmp = join(place.directory, 'tmp');
  const [pidFile, runtime] = [`PidFile ${tmp}/apache2.pid`, `DefaultRuntimeDir ${tmp}`];
  return startServer(place, {
    binary: 'apache2',
    args: ['-d', root, '-f', join(root, file), '-C', pidFile, '-C', runtime, '-DFOREGROUND'],
    // As Debian's envvars.
    env: {
      APACHE_RUN_DIR: tmp,
      APACHE_LOCK_DIR: tmp,
      APACHE_PID_FILE: join(tmp, 'apache2.pid'),
      APACHE_RUN_USER: 'www-data',
      APACHE_RUN_GROUP: 'www-data',
    },
    statusUrl: `http://127.0.0.1:${place.port}/server-status?auto`,
  });
}

/** nginx without root writes its temporary files elsewhere. */
async function startNginx(place: Place, root: string, statusUrl: string) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${place.directory}/tmp/${name};\n`,
  );
  await write(join(root, 'conf.d/00-temporary.conf'), temporary.join(''));
  const error = join(place.directory, 'log/error.log');
  const args = ['-e', error, '-c', join(root, 'nginx.conf'), '-g', 'daemon off;'];
  return startServer(place, { binary: 'nginx', args, statusUrl });
}

const visit = ({ port }: Place) =>
  requestsOnOneConnection({ url: `http://127.0.0.1:${port}/`, count: 3 });

/** The exporter with this configuration sees each target as up, and reads every line of three requests. */
async function expectRead(config: string, targets: Readonly<Record<string, Place>>) {
  const exporter = keep(await startExporter({ config }));
  for (const place of Object.values(targets)) await visit(place);
  for (const target of Object.keys(targets)) {
    let exposition = parseExposition(await exporter.metrics());
    const lines = (result: string) =>
      exposition.value('webserver_log_lines_total', { target, result }) ?? 0;
    await waitUntil({
      until: `three lines of ${target} are counted`,
      async holds() {
        exposition = parseExposition(await exporter.metrics());
        return lines('parsed') >= 3;
      },
    });
    // Neither an unreadable line nor a poll of the exporter.
    expect([lines('parsed'), lines('unparsed')], target).toEqual([3, 0]);
    expect(exposition.value('webserver_up', { target }), target).toBe(1);
    expect(exposition.sum('webserver_slots_limit', { target }), target).toBeGreaterThan(0);
    // The fields that `advise` needs.
    const gaps = exposition.value('webserver_log_keepalive_gap_seconds_count', { target });
    expect(gaps, target).toBe(2);
  }
}

const isEmpty = async (file: string) => (await stat(file)).size === 0;

test('Debian: the lines of the page beside the files of its packages, and the configuration for both', async () => {
  const apache = await createPlace();
  const nginx = await createPlace();
  const statusPort = await findFreePort();
  const roots = {
    apache: join(apache.directory, 'etc/apache2'),
    nginx: join(nginx.directory, 'etc/nginx'),
  };
  const texts: Texts = {
    '/etc/apache2': roots.apache,
    '/etc/nginx': roots.nginx,
    '/var/log/apache2': join(apache.directory, 'log'),
    '/var/log/nginx': join(nginx.directory, 'log'),
    '/var/www/html': join(apache.directory, 'htdocs'),
    '/var/www/': `${apache.directory}/`,
    '/run/nginx.pid': join(nginx.directory, 'tmp/nginx.pid'),
    '/var/lib/keepalive-exporter': join(apache.directory, 'tmp'),
    '<VirtualHost *:80>': `<VirtualHost *:${apache.port}>`,
    'Listen 80': `Listen 127.0.0.1:${apache.port}`,
    'http://127.0.0.1/': `http://127.0.0.1:${apache.port}/`,
    'listen 80 ': `listen 127.0.0.1:${nginx.port} `,
    'listen [::]:80 default_server;': '',
    '127.0.0.1:8080': `127.0.0.1:${statusPort}`,
  };
  await copyTree('/etc/apache2', roots.apache, texts);
  await copyTree('/etc/nginx', roots.nginx, texts);
  const lines = replaceTexts(docBlock(page, 'apache', '# Debian'), texts);
  // The target file of the format, and the link that a2enconf makes.
  for (const folder of ['conf-available', 'conf-enabled'])
    await write(join(roots.apache, folder, 'keepalive-exporter.conf'), lines);
  const ofNginx = replaceTexts(docBlock(page, 'nginx'), texts);
  await write(join(roots.nginx, 'conf.d/keepalive-exporter.conf'), ofNginx);
  await startApache(apache, roots.apache, 'apache2.conf');
  await startNginx(nginx, roots.nginx, `http://127.0.0.1:${statusPort}/stub_status`);
  const config = replaceTexts(docBlock(page, 'yaml', 'name: apache'), texts);
  await expectRead(config, { apache, nginx });
  // The virtual host has a CustomLog, and http {} an access_log: both are still written.
  expect(await isEmpty(join(apache.directory, 'log/access.log'))).toBe(false);
  expect(await isEmpty(join(nginx.directory, 'log/access.log'))).toBe(false);
});

/** Built into Debian's Apache, which refuses to load them. */
const builtIn = Object.fromEntries(
  ['log_config', 'logio', 'unixd', 'version'].map((name) => [
    `LoadModule ${name}_module modules/mod_${name}.so`,
    '',
  ]),
);

/** A tree of test/fixtures/layouts in a place. */
async function createLayout(name: string, texts: Texts = {}) {
  const place = await createPlace();
  const root = join(place.directory, name);
  await copyTree(join(layouts, name), root, {
    '/etc/httpd': root,
    '/etc/mime.types': join(place.directory, 'conf/mime.types'),
    '/usr/local/apache2/htdocs': join(place.directory, 'htdocs'),
    '/usr/local/apache2': root,
    '/proc/self/fd/1': join(place.directory, 'log/access.log'),
    '/proc/self/fd/2': join(place.directory, 'log/error.log'),
    '/etc/nginx': root,
    '/var/log/nginx': join(place.directory, 'log'),
    '/var/run/nginx.pid': join(place.directory, 'tmp/nginx.pid'),
    '/usr/share/nginx/html': join(place.directory, 'htdocs'),
    '/var/www/html': join(place.directory, 'htdocs'),
    '/var/www': place.directory,
    'Listen 80': `Listen 127.0.0.1:${place.port}`,
    'listen       80;': `listen 127.0.0.1:${place.port};`,
    ...builtIn,
    ...texts,
  });
  await symlink(join(place.directory, 'modules'), join(root, 'modules'));
  await symlink(join(place.directory, 'log'), join(root, 'logs'));
  return { place, root };
}

test('RHEL: the lines of the page in conf.d, beside modules that conf.modules.d loads', async () => {
  const { place, root } = await createLayout('rhel-httpd');
  const file = join(root, 'conf.d/keepalive-exporter.conf');
  await write(file, docBlock(page, 'apache', '# RHEL'));
  await startApache(place, root, 'conf/httpd.conf');
  const log = `{path: ${root}/logs/keepalive_log, format: keepalive, format_file: ${file}}`;
  const statusUrl = `http://127.0.0.1:${place.port}/server-status?auto`;
  const config = `targets: [{name: a, server: apache, status_url: "${statusUrl}", access_logs: [${log}]}]`;
  await expectRead(config, { a: place });
  expect(await isEmpty(join(root, 'logs/access_log'))).toBe(false);
});

test.each([
  ['loads mod_status', {}],
  ['lacks mod_status', { 'LoadModule status_module modules/mod_status.so': '' }],
])('the httpd image that %s shows the status page with the lines of the page', async (_, texts) => {
  const { place, root } = await createLayout('httpd-image', texts);
  const file = join(root, 'conf/httpd.conf');
  await writeFile(
    file,
    `${readFileSync(file, 'utf8')}\n${docBlock(page, 'apache', '# httpd image')}`,
  );
  await startApache(place, root, 'conf/httpd.conf');
  const { body } = await httpGet(`http://127.0.0.1:${place.port}/server-status?auto`);
  expect(body).toMatch(/^Total Accesses: \d+$/m);
  expect(body).toMatch(/^Scoreboard: /m);
});

test('root with the capabilities of the drop-in reads the memory and descriptors of another user, without them nothing', () => {
  const drop = docBlocks(page).find(({ text }) => text.includes('CapabilityBoundingSet='))?.text;
  const [, names = ''] = /^CapabilityBoundingSet=(.+)$/m.exec(drop ?? '') ?? [];
  const kept = names.split(' ').map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
  expect(kept.length).toBeGreaterThan(1);
  // The server is another user's process; the reader has root's rights only as far as the unit leaves them.
  const readAs = (capabilities: readonly string[]) => {
    const script = `setpriv --reuid=65532 --regid=65532 --clear-groups sleep 20 & server=$!
until grep -q 'Uid:.*65532' /proc/$server/status && grep -q sleep /proc/$server/comm; do sleep 0.05; done
setpriv --bounding-set=${['-all', ...capabilities].join()} --inh-caps=-all sh -c "grep ^Pss: /proc/$server/smaps_rollup && ls /proc/$server/fd"
status=$?; kill $server; exit $status`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  };
  expect(readAs(kept)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Pss: +\d+ kB\n0\n/),
  });
  expect(readAs([]).status).not.toBe(0);
});

test('the nginx image shows the status page to another container, and writes the log', async () => {
  const { place, root } = await createLayout('nginx-image');
  const statusPort = await findFreePort();
  const lines = docBlock(page, 'nginx')
    .replace('listen 127.0.0.1:8080;', 'listen 8080;')
    .replace('8080', `${statusPort}`)
    .replace('/var/log/nginx', join(place.directory, 'log'));
  await write(join(root, 'conf.d/keepalive-exporter.conf'), lines);
  const statusUrl = `http://127.0.0.1:${statusPort}/stub_status`;
  await startNginx(place, root, statusUrl);
  expect((await httpGet(statusUrl)).body).toMatch(/^Active connections: \d+/);
  await visit(place);
  const text = await readFile(join(place.directory, 'log/keepalive.log'), 'utf8');
  expect(text.trim().split('\n')).toHaveLength(3);
});
