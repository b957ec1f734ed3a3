import type { NotAStatusPage, ServerKind } from '../snapshot/status-page.ts';
import { excerpt } from './printable.ts';

interface ForeignPage extends NotAStatusPage {
  readonly matches: (page: string) => boolean;
}

/**
 * Without `<` in the attributes: each attempt ends where the next one begins, so 64 KiB of `<input` are scanned once.
 */
const loginForm = /<input[^<>]+type=["']?password/i;

/** Pages that people fetch instead of the status page, in order of how certain the match is. */
const foreignPages: Readonly<Record<ServerKind, readonly ForeignPage[]>> = {
  apache: [
    {
      matches: (page) => /<title>Apache Status<\/title>|Apache Server Status for/i.test(page),
      found: 'the HTML variant of the status page',
      remedy: 'append ?auto to status_url',
    },
    {
      matches: (page) => page.startsWith('Active connections:'),
      found: "nginx's stub_status page",
      remedy: 'set server: nginx for this target',
    },
    {
      matches: (page) => /^BusyServers:/m.test(page),
      found: "Lighttpd's status page",
      remedy: 'set status_url to an Apache server; Lighttpd has no workers to count',
    },
  ],
  nginx: [
    {
      matches: (page) => /^Scoreboard:/m.test(page),
      found: "Apache's mod_status page",
      remedy: 'set server: apache for this target',
    },
    {
      matches: (page) => page.startsWith('Active connections:'),
      found: 'a stub_status page that is cut off or has unexpected lines',
      remedy:
        'open status_url with curl and compare it with "location = /stub_status { stub_status; }"',
    },
  ],
};

const anywhere: readonly ForeignPage[] = [
  {
    matches: (page) => /^pool:/m.test(page) && /^process manager:/m.test(page),
    found: "php-fpm's status page",
    remedy: 'set status_url to the web server: another location answers this path',
  },
  {
    matches: (page) => loginForm.test(page),
    found: 'a login page',
    remedy: 'exempt the status location from the login, or set http.basic_auth or http.headers',
  },
  {
    matches: (page) => page.trim() === '',
    found: 'an empty page',
    remedy: 'check that the status module is loaded and handles this location',
  },
  {
    matches: (page) => /^\s*<(?:!doctype|html)/i.test(page),
    found: 'an HTML page',
    remedy: 'check that the status module handles this location, not the site behind it',
  },
];

/** Describes which page was fetched instead of the status page of `server`, and what to do. */
export function explainForeignPage(page: string, server: ServerKind): NotAStatusPage {
  const head = page.slice(0, 65_536);
  const known = [...foreignPages[server], ...anywhere].find(({ matches }) => matches(head));
  if (known !== undefined) return { found: known.found, remedy: known.remedy };
  return {
    found: `text that begins "${excerpt(head.trimStart())}"`,
    remedy: `check that status_url is ${server === 'apache' ? "mod_status's page with ?auto" : "nginx's stub_status location"}`,
  };
}
