import type { ConfigDirective, Place } from '../../snapshot/config-tree.ts';
import {
  isRestrictedLevel,
  isRestrictedSection,
  restrictsAll,
  servesOnlyLocally,
} from '../access.ts';
import { apacheLine } from '../apache-line.ts';
import { type ApacheScope, type ApacheView, findAnywhere, servingScopes } from '../apache-view.ts';
import type { Check, Hit } from '../check.ts';
import { namedIn, oncePer } from '../named-directives.ts';
import { type NginxLevel, type NginxView, nearest } from '../nginx-view.ts';
import { placeOf, placeText } from '../setting.ts';
import { hidesLines } from '../unread.ts';
import { nginxServer, nginxWith } from './nginx-example.ts';

const apachePage = [
  '<Location "/server-status">',
  '    SetHandler server-status',
  '    Require local',
  '</Location>',
];
const nginxPage = [
  'server {',
  '    listen 127.0.0.1:8080;',
  '    location = /stub_status { stub_status; access_log off; }',
  '}',
];

interface ApachePage {
  readonly directive: ConfigDirective;
  readonly section: ConfigDirective | undefined;
  readonly scope: ApacheScope;
}

const apachePages = oncePer((view: ApacheView): readonly ApachePage[] => {
  const hosts = new Map(view.hosts.map((host) => [host.directives, host]));
  return findAnywhere(view, 'sethandler', 'addhandler')
    .filter(({ directive }) => directive.args[0]?.toLowerCase() === 'server-status')
    .map(({ directive, sections }) => {
      const host = hosts.get(sections[0]?.block ?? []);
      const section = host !== undefined && sections.length === 1 ? undefined : sections.at(-1);
      return { directive, section, scope: host ?? view.main };
    });
});

function nginxPages({ locations, servers }: NginxView): readonly (readonly [NginxLevel, Place])[] {
  return [...servers, ...locations].flatMap((level) => {
    const [page] = namedIn(level.directives, 'stub_status');
    return page === undefined ? [] : [[level, placeOf(page)] as const];
  });
}

function hitAt(
  server: 'apache' | 'nginx',
  at: Place,
  rest: Pick<Hit, 'effective' | 'advised' | 'fix'>,
): Hit {
  return { server, at, origin: placeText(at), ...rest };
}

const missing: Check = {
  id: 'status-page-missing',
  severity: 'warning',
  what: 'There is no status page',
  why: 'Monitoring reads the number of free slots from it, and so does keepalive-exporter.',
  find: ({ apache, nginx }) => [
    ...(apache !== undefined && apachePages(apache).length === 0 && !hidesLines(apache.tree)
      ? [
          {
            ...hitAt('apache', apache.main.at, {
              effective: 'no SetHandler server-status',
              advised: 'a status page for this machine only',
              fix: apachePage,
            }),
            origin: 'not configured',
          },
        ]
      : []),
    ...(nginx !== undefined && nginxPages(nginx).length === 0 && !hidesLines(nginx.tree)
      ? [
          {
            ...hitAt('nginx', nginx.http.at, {
              effective: 'no stub_status',
              advised: 'a status page for this machine only',
              fix: nginxPage,
            }),
            origin: 'not configured',
          },
        ]
      : []),
  ],
  examples: [
    {
      server: 'apache',
      trigger: '# no status page',
      twin: '<Location "/server-status">\n  SetHandler server-status\n  Require local\n</Location>',
    },
    {
      server: 'nginx',
      trigger: nginxWith(),
      twin: nginxServer('listen 127.0.0.1:8080;', 'location = /stub_status { stub_status; }'),
    },
  ],
};

const open: Check = {
  id: 'status-page-open',
  severity: 'warning',
  what: 'Everyone can read the status page',
  why: 'It shows how full the server is. The page of Apache also shows the addresses and requests of visitors.',
  find: ({ apache, nginx }) => [
    ...(apache === undefined ? [] : openApachePages(apache)),
    ...(nginx === undefined ? [] : nginxPages(nginx))
      .filter(([level]) => !isRestrictedLevel(level))
      .map(([, at]) =>
        hitAt('nginx', at, {
          effective: 'stub_status without deny',
          advised: 'access only for this machine and the monitoring',
          fix: ['allow 127.0.0.1;', 'allow ::1;', 'deny all;'],
        }),
      ),
  ],
  examples: [
    {
      server: 'apache',
      trigger: 'Listen 8099\n<Location "/server-status">\n  SetHandler server-status\n</Location>',
      twin: 'Listen 8099\n<Location "/server-status">\n  SetHandler server-status\n  Require ip 10.0.0.0/8\n</Location>',
    },
    {
      server: 'nginx',
      trigger: nginxServer('listen 8080;', 'location = /stub_status { stub_status; }'),
      twin: nginxServer(
        'listen 8080;',
        'location = /stub_status { stub_status; allow 127.0.0.1; deny all; }',
      ),
    },
  ],
};

function openApachePages(view: ApacheView): readonly Hit[] {
  const listens = namedIn(view.tree.directives, 'listen');
  return apachePages(view)
    .filter(({ section, scope }) => {
      if (isRestrictedSection(section) || servesOnlyLocally(scope, listens)) return false;
      return !restrictsAll(scope.directives) && !restrictsAll(view.main.directives);
    })
    .map(({ directive }) =>
      hitAt('apache', placeOf(directive), {
        effective: 'SetHandler server-status without Require',
        advised: 'access only for this machine and the monitoring',
        fix: ['Require local'],
      }),
    );
}

const logged: Check = {
  id: 'status-page-logged',
  severity: 'info',
  what: 'Requests for the status page are written to the access log',
  why: 'A poll every second adds 86,400 lines a day that do not come from visitors, and distorts every figure counted from the log.',
  find: ({ apache, nginx }) => [
    ...(apache === undefined ? [] : loggedApachePages(apache)),
    ...(nginx === undefined ? [] : nginxPages(nginx))
      .filter(([level]) => !isLogOff(level))
      .map(([, at]) =>
        hitAt('nginx', at, {
          effective: 'stub_status without access_log off',
          advised: 'no access log for the status page',
          fix: ['access_log off;'],
        }),
      ),
  ],
  examples: [
    {
      server: 'apache',
      trigger:
        '<Location "/server-status">\n  SetHandler server-status\n  Require local\n</Location>\nCustomLog logs/access.log "%h %D %k %X"',
      twin: '<Location "/server-status">\n  SetHandler server-status\n  Require local\n</Location>\nSetEnvIf Request_URI "^/server-status$" status_page\nCustomLog logs/access.log "%h %D %k %X" env=!status_page',
    },
    {
      server: 'nginx',
      trigger: nginxServer('listen 127.0.0.1:8080;', 'location = /stub_status { stub_status; }'),
      twin: nginxServer(
        'listen 127.0.0.1:8080;',
        'location = /stub_status { stub_status; access_log off; }',
      ),
    },
  ],
};

function isLogOff(level: NginxLevel): boolean {
  const logs = nearest(level, 'access_log');
  return (
    logs.some(({ args }) => args[0] === 'off') || (logs.length > 0 && logs.every(isConditional))
  );
}

function isConditional({ args }: ConfigDirective): boolean {
  return args.some((arg) => arg.startsWith('if='));
}

/** Each virtual host serves a page of the main server, and logs it. */
function loggedApachePages(view: ApacheView): readonly Hit[] {
  const pages = apachePages(view);
  const [page] = pages;
  if (page === undefined) return [];
  const scopes = pages.some(({ scope }) => scope === view.main)
    ? servingScopes(view)
    : pages.map(({ scope }) => scope);
  const lists = new Set(scopes.map((scope) => logsOf(view, scope)));
  const logs = [...lists].flat().filter(isUnconditional);
  return [...new Set(logs)].map((log) =>
    hitAt('apache', placeOf(log), {
      effective: apacheLine('CustomLog', log.args),
      advised: 'a condition that excludes the status page',
      fix: [
        'SetEnvIf Request_URI "^/server-status$" status_page',
        apacheLine('CustomLog', [log.args[0] ?? '', log.args[1] ?? 'combined', 'env=!status_page']),
      ],
    }),
  );
}

/** The logs of a scope, or those of the main server if it has none. */
function logsOf(view: ApacheView, scope: ApacheScope): readonly ConfigDirective[] {
  const own = logsIn(scope.directives);
  return own.length > 0 ? own : logsIn(view.main.directives);
}

/** Always the same list for the same block. */
const logsIn = oncePer((directives: readonly ConfigDirective[]) => [
  ...namedIn(directives, 'customlog'),
  ...namedIn(directives, 'transferlog'),
]);

function isUnconditional({ args }: ConfigDirective): boolean {
  return !args.slice(1).some((arg) => /^(?:env|expr)=/i.test(arg));
}

export const statusPageChecks: readonly Check[] = [missing, open, logged];
