import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { renderCompletion } from '../../src/cli/completion.ts';
import { renderManPage } from '../render-man.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

const documentation = 'usr/share/doc/keepalive-exporter';

/** Packs the bundle in `dist` with its unit, user, configuration, man page and completions. @returns the file */
export function buildDeb(dist: string): string {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const root = mkdtempSync(join(tmpdir(), 'deb-'));
  try {
    for (const [path, content] of contents(dist, version)) write(join(root, path), content);
    mkdirSync(join(root, 'usr/bin'));
    symlinkSync(
      '../lib/keepalive-exporter/keepalive-exporter.mjs',
      join(root, 'usr/bin/keepalive-exporter'),
    );
    cpSync(join(repository, 'deploy/debian/scripts'), join(root, 'DEBIAN'), { recursive: true });
    const file = join(dist, `keepalive-exporter_${version}_all.deb`);
    // The modes that Debian requires, whatever the umask and the checkout have.
    execFileSync('chmod', ['-R', 'u=rwX,go=rX', root]);
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, file], {
      stdio: 'pipe',
    });
    return file;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function contents(dist: string, version: string): readonly (readonly [string, string | Buffer])[] {
  const unit = read('deploy/systemd/keepalive-exporter.service');
  return [
    ['DEBIAN/control', read('deploy/debian/control').replace('@VERSION@', version)],
    ['DEBIAN/conffiles', '/etc/default/keepalive-exporter\n/etc/keepalive-exporter/config.yml\n'],
    ['etc/default/keepalive-exporter', read('deploy/systemd/keepalive-exporter.default')],
    ['etc/keepalive-exporter/config.yml', read('deploy/debian/config.yml')],
    [
      'usr/lib/keepalive-exporter/keepalive-exporter.mjs',
      readFileSync(join(dist, 'keepalive-exporter.mjs')),
    ],
    ['usr/lib/systemd/system/keepalive-exporter.service', unit],
    [
      'usr/lib/sysusers.d/keepalive-exporter.conf',
      read('deploy/systemd/keepalive-exporter.sysusers'),
    ],
    ['usr/share/man/man1/keepalive-exporter.1.gz', gzipSync(renderManPage(version))],
    ['usr/share/bash-completion/completions/keepalive-exporter', renderCompletion('bash')],
    ['usr/share/zsh/vendor-completions/_keepalive-exporter', renderCompletion('zsh')],
    ['usr/share/fish/vendor_completions.d/keepalive-exporter.fish', renderCompletion('fish')],
    [
      `${documentation}/copyright`,
      `${read('LICENSE')}\n${readText(dist, 'THIRD-PARTY-LICENSES.txt')}`,
    ],
    [`${documentation}/sbom.cdx.json`, readText(dist, 'sbom.cdx.json')],
    [`${documentation}/changelog.gz`, gzipSync(read('CHANGELOG.md'))],
    [`${documentation}/README.md`, read('README.md')],
  ];
}

function readText(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: path.endsWith('.mjs') ? 0o755 : 0o644 });
}
