import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { findFreePort } from './free-port.ts';

/** What one server, virtual host or http block says about keep-alive; absent: it says nothing. */
export interface KeepaliveLines {
  readonly isOn?: boolean;
  readonly timeout?: string;
  readonly requests?: number;
}

export interface GeneratedHost extends KeepaliveLines {
  /** Whether it is the only one of its address, or told from the one before by its name. */
  readonly address: 'own' | 'shared';
  /** In which kind of section or file its lines are. */
  readonly wrapping: 'plain' | 'twice' | 'include' | 'condition' | 'variable';
}

export interface GeneratedConfig {
  readonly main: KeepaliveLines;
  readonly hosts: readonly GeneratedHost[];
}

export interface GeneratedSite {
  /** Where the host is reached; `name` is its Host header. */
  readonly port: number;
  readonly name: string;
}

function linesOf(timeouts: readonly string[]): fc.Arbitrary<KeepaliveLines> {
  return fc
    .record({
      isOn: fc.option(fc.nat(5), { nil: undefined, freq: 2 }),
      timeout: fc.option(fc.constantFrom(...timeouts), { nil: undefined, freq: 2 }),
      requests: fc.option(fc.integer({ min: 2, max: 6 }), { nil: undefined, freq: 3 }),
    })
    .map(({ isOn, timeout, requests }) => ({
      // One of six is off: the others have more to measure.
      ...(isOn === undefined ? {} : { isOn: isOn > 0 }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(requests === undefined ? {} : { requests }),
    }));
}

/** The same configurations for the same seed. */
export function generateConfigs(
  timeouts: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly GeneratedConfig[] {
  const lines = linesOf(timeouts);
  const place = fc.record({
    address: fc.constantFrom('own' as const, 'shared' as const, 'shared' as const),
    wrapping: fc.constantFrom(...(['plain', 'twice', 'include', 'condition', 'variable'] as const)),
  });
  const host = fc.tuple(lines, place).map(([said, where]) => ({ ...said, ...where }));
  const config = fc.record({ main: lines, hosts: fc.array(host, { minLength: 2, maxLength: 4 }) });
  return fc.sample(config, { numRuns: count, seed });
}

export async function placeHosts(
  hosts: readonly GeneratedHost[],
): Promise<readonly GeneratedSite[]> {
  const sites: GeneratedSite[] = [];
  for (const [index, { address }] of hosts.entries()) {
    const before = sites.at(-1);
    const port = address === 'shared' && before !== undefined ? before.port : await findFreePort();
    sites.push({ port, name: `host${index}.example` });
  }
  return sites;
}

function apacheLines({ isOn, timeout, requests }: KeepaliveLines): readonly string[] {
  return [
    ...(isOn === undefined ? [] : [`KeepAlive ${isOn ? 'On' : 'Off'}`]),
    ...(timeout === undefined ? [] : [`KeepAliveTimeout ${timeout}`]),
    ...(requests === undefined ? [] : [`MaxKeepAliveRequests ${requests}`]),
  ];
}

/** Lines for the end of httpd.conf; files that they include are written into the directory. */
export async function renderApacheHosts(
  { main, hosts }: GeneratedConfig,
  { sites, directory }: { readonly sites: readonly GeneratedSite[]; readonly directory: string },
): Promise<string> {
  const sections: string[] = [];
  for (const [index, { port, name }] of sites.entries()) {
    const host = hosts[index];
    if (host === undefined) continue;
    const listens = sites.findIndex((site) => site.port === port) === index;
    sections.push(
      ...(listens ? [`Listen 127.0.0.1:${port}`] : []),
      ...(host.wrapping === 'variable' ? [`Define wait${index} ${host.timeout ?? '1'}`] : []),
      `<VirtualHost 127.0.0.1:${port}>`,
      `ServerName ${name}`,
      ...(await wrapApache(host, join(directory, `host${index}.inc`), `wait${index}`)),
      '</VirtualHost>',
    );
  }
  const file = join(directory, 'sites.conf');
  await writeFile(file, `${sections.join('\n')}\n`);
  return [
    ...apacheLines(main),
    `IncludeOptional ${directory}/absent?.conf`,
    `Include ${file}`,
  ].join('\n');
}

async function wrapApache(
  host: GeneratedHost,
  file: string,
  variable: string,
): Promise<readonly string[]> {
  const lines = apacheLines(host);
  switch (host.wrapping) {
    case 'plain':
      return lines;
    case 'twice':
      // The last of two counts.
      return [...lines.map((line) => line.replace(/(On|Off|[\d.]+m?s?)$/, otherValue)), ...lines];
    case 'include':
      await writeFile(file, `${lines.join('\n')}\n`);
      return [`Include ${file}`];
    case 'condition':
      return [
        '<IfDefine NEVER_DEFINED>',
        'KeepAliveTimeout 30',
        '</IfDefine>',
        '<IfModule !no_such_module>',
        ...lines,
        '</IfModule>',
      ];
    case 'variable':
      return lines.map((line) =>
        line.startsWith('KeepAliveTimeout') ? `KeepAliveTimeout \${${variable}}` : line,
      );
  }
}

function otherValue(value: string): string {
  return value === 'On' ? 'Off' : value === 'Off' ? 'On' : '9';
}

function nginxLines({ isOn, timeout, requests }: KeepaliveLines): readonly string[] {
  const time = isOn === false ? '0' : timeout;
  return [
    ...(time === undefined ? [] : [`keepalive_timeout ${time};`]),
    ...(requests === undefined ? [] : [`keepalive_requests ${requests};`]),
  ];
}

/** Servers for the end of the http block; the timeout of http itself is an option of startNginx. */
export async function renderNginxHosts(
  { main, hosts }: GeneratedConfig,
  { sites, directory }: { readonly sites: readonly GeneratedSite[]; readonly directory: string },
): Promise<string> {
  const servers: string[] = [];
  for (const [index, { port, name }] of sites.entries()) {
    const host = hosts[index];
    if (host === undefined) continue;
    const lines = nginxLines(host);
    const included = join(directory, `host${index}.inc`);
    if (host.wrapping === 'include') await writeFile(included, `${lines.join('\n')}\n`);
    servers.push(
      `server { listen 127.0.0.1:${port}; server_name ${name};`,
      ...(host.wrapping === 'include' ? [`include ${included};`] : lines),
      // A return outside of a location is answered before nginx looks at keepalive_requests.
      "location / { return 200 'ok'; } }",
    );
  }
  await writeFile(join(directory, 'sites.conf'), `${servers.join('\n')}\n`);
  const { requests } = main;
  return [
    ...(requests === undefined ? [] : [`keepalive_requests ${requests};`]),
    `include ${directory}/*.conf;`,
  ].join('\n');
}
