import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTlsSource } from '../../src/server/tls-source.ts';
import { openWebConfigFile } from '../../src/server/web-config-file.ts';
import { createAuthority } from '../support/certificates.ts';
import { keepTempDirectory } from '../support/keep.ts';

test.each(['the certificate', 'the key', 'the list of client authorities'])(
  'D7 %s that is emptied, as on a full disk, leaves the last settings in use until it is whole again',
  async (emptied) => {
    const directory = await keepTempDirectory('tls-source');
    const authority = createAuthority(directory);
    const pair = authority.issue('exporter', 'IP:127.0.0.1');
    const web = join(directory, 'web.yml');
    writeFileSync(
      web,
      `tls_server_config: {cert_file: ${pair.certFile}, key_file: ${pair.keyFile}, client_ca_file: ${authority.file}, client_auth_type: RequireAndVerifyClientCert}\n`,
    );
    const problems: string[] = [];
    const source = createTlsSource(
      openWebConfigFile(web, (path) => readFileSync(path)),
      (problem) => problems.push(problem),
    );
    if (!source.ok) throw new Error(source.error);
    const before = source.value();
    const [file = '', whole = ''] =
      {
        'the certificate': [pair.certFile, pair.cert],
        'the key': [pair.keyFile, pair.key],
        'the list of client authorities': [authority.file, authority.pem],
      }[emptied] ?? [];
    writeFileSync(file, '\n');
    expect(source.value()).toBe(before);
    writeFileSync(file, '');
    // Node.js would take no certificate for none at all, and an empty list of authorities for the public ones.
    expect(source.value()).toBe(before);
    expect(problems.at(-1)).toBe(`cannot use the new tls_server_config: ${emptied} is empty`);
    writeFileSync(file, whole);
    expect(source.value()).toBe(before);
    expect(problems.at(-1)).toBe('');
  },
);
