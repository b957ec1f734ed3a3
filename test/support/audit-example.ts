import { join } from 'node:path';
import type { Example } from '../../src/audit/check.ts';
import { type Audit, type AuditRequest, auditFiles } from '../../src/pipeline/audit-files.ts';
import type { ReadSources } from '../../src/snapshot/config-tree.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';

const modules = [
  'alias',
  'authz_core',
  'authz_host',
  'env',
  'headers',
  'proxy',
  'proxy_fcgi',
  'proxy_http',
  'reqtimeout',
  'setenvif',
  'status',
];

/** The lines of an example as a whole httpd.conf; an nginx example is whole already. */
export function renderExample(
  text: string,
  { server, mpm = 'event' }: Pick<Example, 'server' | 'mpm'>,
): string {
  if (server === 'nginx') return text;
  return [
    'ServerName 127.0.0.1',
    'Listen 127.0.0.1:8099',
    ...[`mpm_${mpm}`, ...modules].map(
      (name) => `LoadModule ${name}_module ${join('/usr/lib/apache2/modules', `mod_${name}.so`)}`,
    ),
    text,
    '',
  ].join('\n');
}

/** Files of memory: `*` stands for anything but a slash, a name that ends with one for all files below. */
export function readFrom(files: Readonly<Record<string, string>>): ReadSources {
  return (pattern) => {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
    const wanted = new RegExp(`^${source}${pattern.endsWith('/') ? '.*' : '$'}`);
    const found = Object.keys(files).filter((path) => wanted.test(path));
    return Promise.resolve(found.toSorted().map((path) => ({ path, text: files[path] ?? '' })));
  };
}

const places: Readonly<Record<ServerKind, string>> = {
  apache: '/srv/httpd.conf',
  nginx: '/srv/nginx.conf',
};

export const testVersions = {
  apache: { version: '2.4.71', source: 'flag' },
  nginx: { version: '1.22.1', source: 'flag' },
} as const;

/** Audits texts of memory; throws when one cannot be parsed. */
export async function auditTexts(
  texts: Partial<Readonly<Record<ServerKind, string>>>,
  request: Partial<AuditRequest> = {},
): Promise<Audit> {
  const files: Record<string, string> = {};
  const wanted: Partial<Record<ServerKind, string>> = {};
  for (const server of ['apache', 'nginx'] as const) {
    const text = texts[server];
    if (text === undefined) continue;
    files[places[server]] = text;
    wanted[server] = places[server];
  }
  const done = await auditFiles({
    files: wanted,
    versions: testVersions,
    machine: { cpuCount: 2 },
    chain: {},
    createReader: () => readFrom(files),
    ...request,
  });
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

/** An example's trigger or twin, judged as it asks for. */
export function auditExample(example: Example, kind: 'trigger' | 'twin'): Promise<Audit> {
  return auditAsExample(example, renderExample(example[kind], example));
}

/** Another text in place of an example's, judged the same way. */
export function auditAsExample(example: Example, text: string): Promise<Audit> {
  const { server, version, machine, chain, beside } = example;
  const other = server === 'apache' ? 'nginx' : 'apache';
  return auditTexts(
    {
      [server]: text,
      ...(beside === undefined
        ? {}
        : { [other]: renderExample(beside, { server: other, mpm: 'prefork' }) }),
    },
    {
      machine: { cpuCount: 2, ...machine },
      chain: chain ?? {},
      versions:
        version === undefined
          ? testVersions
          : { ...testVersions, [server]: { version, source: 'flag' } },
    },
  );
}
