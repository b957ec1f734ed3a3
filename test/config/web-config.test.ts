import { describe, expect, it } from 'vitest';
import { parseWebConfig, type WebConfig } from '../../src/config/web-config.ts';

/** Bcrypt of "fakepassword", cost 4. */
const hash = `$2y$04$${'a'.repeat(53)}`;
const files = 'cert_file: server.crt\n  key_file: server.key\n';

function parsed(text: string): WebConfig {
  const result = parseWebConfig(text);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** `LINE path: message` of every problem. */
function problemsOf(text: string): readonly string[] {
  const result = parseWebConfig(text);
  if (result.ok) throw new Error('accepted');
  return result.error.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

describe('parseWebConfig() of files that exporter-toolkit accepts', () => {
  it('reads an empty file as plain HTTP without authentication', () => {
    expect(parsed('')).toEqual({ headers: new Map(), users: new Map() });
  });

  it('reads a file with every section', () => {
    const config = parsed(`# TLS and basic authentication.
tls_server_config:
  ${files}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example, 10.0.0.1]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  alice: ${hash}
rate_limit:
  interval: 1s
  burst: 20
`);
    expect(config).toEqual({
      tls: {
        cert: { kind: 'file', path: 'server.crt' },
        key: { kind: 'file', path: 'server.key' },
        clientCa: { kind: 'file', path: 'ca.crt' },
        clientAuthType: 'RequireAndVerifyClientCert',
        clientAllowedSans: ['prometheus.example', '10.0.0.1'],
        minVersion: 'TLS13',
        maxVersion: 'TLS13',
        cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
        preferServerCipherSuites: false,
        curvePreferences: ['X25519', 'CurveP256'],
      },
      headers: new Map([
        ['Strict-Transport-Security', 'max-age=31536000'],
        ['X-Frame-Options', 'deny'],
      ]),
      users: new Map([['alice', hash]]),
      rateLimit: { intervalMilliseconds: 1000, burst: 20 },
    });
  });

  it('fills in the defaults of the toolkit: TLS 1.2 to 1.3, no client certificate', () => {
    expect(parsed(`tls_server_config:\n  ${files}`).tls).toMatchObject({
      minVersion: 'TLS12',
      maxVersion: 'TLS13',
      clientAuthType: 'NoClientCert',
      preferServerCipherSuites: true,
    });
  });

  it('takes the file when a certificate is given twice', () => {
    const { tls } = parsed(`tls_server_config:\n  cert: PEM\n  key: PEM\n  ${files}`);
    expect(tls?.cert).toEqual({ kind: 'file', path: 'server.crt' });
  });

  it('takes certificates written into the file itself', () => {
    const { tls } = parsed('tls_server_config:\n  cert: |\n    A\n  key: |\n    B\n');
    expect([tls?.cert, tls?.key]).toEqual([
      { kind: 'inline', pem: 'A\n' },
      { kind: 'inline', pem: 'B\n' },
    ]);
  });

  it('keeps RequireClientCert as the old name of RequireAnyClientCert', () => {
    const { tls } = parsed(`tls_server_config:\n  ${files}  client_auth_type: RequireClientCert\n`);
    expect(tls?.clientAuthType).toBe('RequireAnyClientCert');
  });

  it('leaves TLS off when only versions are set', () => {
    expect(parsed('tls_server_config:\n  min_version: TLS13\n').tls).toBeUndefined();
  });

  it('treats a section without content as absent', () => {
    const text = 'tls_server_config:\nhttp_server_config:\n  headers:\nbasic_auth_users:\n';
    expect(parsed(text)).toEqual({ headers: new Map(), users: new Map() });
  });

  it('reads a bare number into a header, as X-XSS-Protection: 0 is written', () => {
    const { headers } = parsed('http_server_config:\n  headers:\n    X-XSS-Protection: 0\n');
    expect(headers.get('X-XSS-Protection')).toBe('0');
  });

  it('reads the booleans of YAML 1.1', () => {
    const text = `tls_server_config:\n  ${files}  prefer_server_cipher_suites: off\n`;
    expect(parsed(text).tls?.preferServerCipherSuites).toBe(false);
  });

  it('reads a rate limit of interval 0 as none', () => {
    expect(parsed('rate_limit:\n  interval: 0\n  burst: 5\n').rateLimit).toBeUndefined();
  });

  it('reads line ends of Windows', () => {
    expect(parsed(`basic_auth_users:\r\n  a: ${hash}\r\n`).users.get('a')).toBe(hash);
  });
});

describe('parseWebConfig() of files with a mistake', () => {
  const cases: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['an unknown section', 'tls_server_confg:\n', /^1 tls_server_confg: unknown key$/],
    ['an unknown key', 'rate_limit:\n  bust: 1\n', /^2 rate_limit\.bust: unknown key$/],
    ['a key twice', 'rate_limit:\nrate_limit:\n', /^\d+ : .*unique/],
    [
      'a header outside the list',
      'http_server_config:\n  headers:\n    Server: x\n',
      /^3 http_server_config\.headers\.Server: unknown key$/,
    ],
    [
      'a header value outside its list',
      'http_server_config:\n  headers:\n    X-Frame-Options: allow\n',
      /^3 .*expected one of: deny, sameorigin/,
    ],
    ['a missing key', 'tls_server_config:\n  cert_file: a\n', /missing one of key or key_file/],
    [
      'a missing certificate',
      'tls_server_config:\n  key_file: a\n',
      /missing one of cert or cert_file/,
    ],
    [
      'a CA without a policy',
      `tls_server_config:\n  ${files}  client_ca_file: c\n`,
      /client CA's have been configured without a Client Auth Policy/,
    ],
    [
      'names without a policy',
      `tls_server_config:\n  ${files}  client_allowed_sans: [a]\n`,
      /client_allowed_sans requires client_auth_type/,
    ],
    [
      'an unknown policy',
      `tls_server_config:\n  ${files}  client_auth_type: Always\n`,
      /invalid ClientAuth/,
    ],
    [
      'an unknown cipher',
      `tls_server_config:\n  ${files}  cipher_suites: [RC4]\n`,
      /unknown cipher: RC4/,
    ],
    [
      'an unknown curve',
      `tls_server_config:\n  ${files}  curve_preferences: [P1]\n`,
      /unknown curve: P1/,
    ],
    [
      'an unknown version',
      `tls_server_config:\n  ${files}  min_version: SSL3\n`,
      /unknown TLS version: SSL3/,
    ],
    [
      'versions the wrong way round',
      `tls_server_config:\n  ${files}  min_version: TLS13\n  max_version: TLS12\n`,
      /min_version is above max_version/,
    ],
    ['a limit without burst', 'rate_limit:\n  interval: 1s\n', /burst of at least 1/],
    [
      'a duration of days',
      'rate_limit:\n  interval: 1d\n  burst: 1\n',
      /^2 rate_limit\.interval: is not a duration/,
    ],
    ['a user that would vanish', `basic_auth_users:\n  __proto__: ${hash}\n`, /__proto__ cannot/],
    ['a list for a mapping', '[1, 2]\n', /^1 /],
    ['broken YAML', 'a: [\n', /^\d+ /],
    ['garbage', '\u0000\u0001{{{{', /^\d+ /],
  ];

  it.each(cases)('names %s', (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('reports every mistake of a file at once', () => {
    expect(problemsOf('a: 1\nb: 2\n')).toEqual(['1 a: unknown key', '2 b: unknown key']);
  });

  it('refuses a password in the clear without repeating it', () => {
    const problems = problemsOf('basic_auth_users:\n  alice: hunter2\n');
    expect(problems).toEqual([
      expect.stringMatching(/^2 basic_auth_users\.alice: is not a bcrypt hash/),
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('D6 refuses a hash that would take long to check, and says how to make another', () => {
    const users = (cost: number) => `basic_auth_users:\n  alice: "$2y$${cost}$${'a'.repeat(53)}"\n`;
    expect(problemsOf(users(15))).toEqual([
      expect.stringMatching(
        /^2 basic_auth_users\.alice: has bcrypt cost 15, and 14 is the maximum/,
      ),
    ]);
    expect(parseWebConfig(users(14)).ok).toBe(true);
  });
});
