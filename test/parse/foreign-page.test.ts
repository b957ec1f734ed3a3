import { expect, test } from 'vitest';
import { explainForeignPage } from '../../src/parse/foreign-page.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';

test.each<[ServerKind, string, RegExp, RegExp]>([
  ['apache', '<html><head><title>Apache Status</title>', /HTML variant/, /\?auto/],
  ['apache', 'Active connections: 1 \n', /stub_status/, /server: nginx/],
  ['apache', 'Total Accesses: 1\nBusyServers: 1\n', /Lighttpd/, /no workers/],
  ['nginx', 'Total Accesses: 1\nScoreboard: _W\n', /mod_status/, /server: apache/],
  ['nginx', 'Active connections: x\n', /cut off/, /stub_status/],
  ['nginx', 'pool: www\nprocess manager: dynamic\n', /php-fpm/, /another location/],
  ['nginx', '<form><input name=p type="password">', /login page/, /basic_auth/],
  ['apache', ' \n', /empty page/, /status module/],
  ['apache', '<!DOCTYPE html><p>Welcome', /HTML page/, /status module/],
  ['apache', 'hello\u0000\u001b[31m', /begins "hello/, /mod_status/],
])(
  'explainForeignPage() tells %s what was found and what to do: %j',
  (server, page, found, remedy) => {
    const explained = explainForeignPage(page, server);
    expect(explained.found).toMatch(found);
    expect(explained.remedy).toMatch(remedy);
    expect(explained.found).not.toMatch(/[\u0000-\u001f]/);
  },
);
