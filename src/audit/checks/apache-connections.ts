import type { ConfigDirective } from '../../snapshot/config-tree.ts';
import { apacheLine } from '../apache-line.ts';
import { configuredTimeout, firstHostOf, keepaliveTimeoutOf } from '../apache-timeout.ts';
import { type ApacheView, findAnywhere, isBefore } from '../apache-view.ts';
import { estimateSteps, matchesWithin, maxSteps } from '../bounded-match.ts';
import { type Check, type Hit, uniqueHits } from '../check.ts';
import { firstArg, placeOf, placeText } from '../setting.ts';

function hitAt(
  directive: ConfigDirective,
  name: string,
  rest: Pick<Hit, 'advised' | 'fix' | 'detail' | 'severity'>,
): Hit {
  const at = placeOf(directive);
  return {
    server: 'apache',
    at,
    effective: apacheLine(name, directive.args),
    origin: placeText(at),
    ...rest,
  };
}

const connectionHeader: Check = {
  id: 'apache-header-connection',
  severity: 'warning',
  what: 'The configuration sets a Connection header',
  why: 'Apache sends this header itself, according to what it will do. HTTP/1.1 keeps connections without it, so the line has no benefit. When Apache closes the connection, the response contains "keep-alive, close".',
  find: ({ apache }) =>
    (apache === undefined ? [] : findAnywhere(apache, 'header'))
      .filter(({ directive }) => setsConnection(directive))
      .map(({ directive }) =>
        hitAt(directive, 'Header', {
          advised: 'no such line',
          fix: [`# remove: ${apacheLine('Header', directive.args)}`],
        }),
      ),
  examples: [
    {
      server: 'apache',
      trigger: 'Header set Connection keep-alive',
      twin: 'Header set X-Connection keep-alive',
    },
  ],
};

function setsConnection({ args }: ConfigDirective): boolean {
  const words = args.map((arg) => arg.toLowerCase());
  const [action = '', header = ''] =
    words[0] === 'always' || words[0] === 'onsuccess' ? words.slice(1) : words;
  return (
    ['set', 'add', 'append', 'merge', 'setifempty'].includes(action) &&
    /^connection:?$/.test(header)
  );
}

/** User agents of current browsers. */
const modernAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'curl/8.14.1',
];

const noKeepalive: Check = {
  id: 'apache-nokeepalive-modern',
  severity: 'warning',
  what: 'nokeepalive turns keep-alive off for current clients',
  why: 'The variable was made for browsers of the 1990s. A client that the line matches needs a new connection for each request.',
  find: ({ apache }) => {
    const matches = createAgentMatcher();
    return (apache === undefined ? [] : findAnywhere(apache, ...agentDirectives, 'setenv')).flatMap(
      ({ directive }) => {
        const hits = hitsModern(directive, matches);
        if (hits === false) return [];
        const name = directive.name === 'setenv' ? 'SetEnv' : 'BrowserMatch';
        return hitAt(directive, name, {
          advised: 'old clients only',
          fix: ['BrowserMatch "Mozilla/2" nokeepalive'],
          ...(hits === undefined ? unjudged : {}),
        });
      },
    );
  },
  examples: [
    {
      server: 'apache',
      trigger: 'BrowserMatch "Safari" nokeepalive',
      twin: 'BrowserMatch "MSIE 4\\.0b2;" nokeepalive downgrade-1.0',
    },
  ],
};

const agentDirectives = ['browsermatch', 'browsermatchnocase', 'setenvif', 'setenvifnocase'];

const unjudged = {
  severity: 'info',
  detail:
    'The audit does not evaluate this expression because it is too expensive. Check which clients it matches.',
} as const;

type AgentMatcher = (pattern: string, ignoreCase: boolean) => boolean | undefined;

function hitsModern({ name, args }: ConfigDirective, matches: AgentMatcher): boolean | undefined {
  if (name === 'setenv') return args[0] === 'nokeepalive';
  const isBrowser = name.startsWith('browser');
  const [attribute, pattern = '', ...variables] = isBrowser ? ['User-Agent', ...args] : args;
  if (attribute?.toLowerCase() !== 'user-agent') return false;
  if (!variables.some((variable) => /^nokeepalive(?:=|$)/.test(variable))) return false;
  return matches(pattern, name.endsWith('nocase'));
}

const maxAgentLength = Math.max(...modernAgents.map(({ length }) => length));

/** Limits the work for all expressions together: in a hostile file each line can contain another one. */
const maxTotalSteps = 20_000_000;

/** Returns undefined for an expression that is too expensive to evaluate. */
function createAgentMatcher(): AgentMatcher {
  const known = new Map<string, boolean | undefined>();
  let steps = 0;
  return (pattern, ignoreCase) => {
    const key = `${ignoreCase} ${pattern}`;
    if (known.has(key)) return known.get(key);
    const wanted = estimateSteps(pattern, maxAgentLength);
    if (wanted <= maxSteps) steps += wanted * modernAgents.length;
    const found = steps > maxTotalSteps ? undefined : matchesSome(pattern, ignoreCase);
    known.set(key, found);
    return found;
  };
}

function matchesSome(pattern: string, ignoreCase: boolean): boolean | undefined {
  const found = modernAgents.map((text) => matchesWithin(pattern, { text, ignoreCase }));
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
}

const hostTimeout: Check = {
  id: 'apache-vhost-timeout-ignored',
  severity: 'warning',
  what: 'The KeepAliveTimeout of another virtual host applies',
  why: 'A name-based virtual host without its own KeepAliveTimeout gets that of the first host of the address, not that of the main server. Before 2.4.13 the timeout of the first host applies to all. The Keep-Alive header still promises the other value.',
  find: ({ apache }) => (apache === undefined ? [] : uniqueHits(ignoredTimeouts(apache))),
  examples: [
    {
      server: 'apache',
      trigger:
        'KeepAliveTimeout 5\n<VirtualHost *:8099>\n  ServerName a.example\n  KeepAliveTimeout 60\n</VirtualHost>\n<VirtualHost *:8099>\n  ServerName b.example\n</VirtualHost>',
      twin: 'KeepAliveTimeout 5\n<VirtualHost *:8099>\n  ServerName a.example\n</VirtualHost>\n<VirtualHost *:8099>\n  ServerName b.example\n</VirtualHost>',
    },
    {
      server: 'apache',
      version: '2.2.34',
      trigger:
        'KeepAliveTimeout 5\n<VirtualHost *:8099>\n  ServerName a.example\n</VirtualHost>\n<VirtualHost *:8099>\n  ServerName b.example\n  KeepAliveTimeout 60\n</VirtualHost>',
      twin: 'KeepAliveTimeout 5\n<VirtualHost *:8099>\n  ServerName a.example\n</VirtualHost>\n<VirtualHost *:8099>\n  ServerName b.example\n</VirtualHost>',
    },
  ],
};

function ignoredTimeouts(view: ApacheView): readonly Hit[] {
  return view.hosts.flatMap((host) => {
    const applied = keepaliveTimeoutOf(view, host);
    const configured = configuredTimeout(view, host);
    if (firstArg(applied) === firstArg(configured)) return [];
    const first = firstHostOf(view, host);
    const fix = `KeepAliveTimeout ${firstArg(configured)}`;
    // Before 2.4.13 a line in this host has no effect.
    const place = isBefore(view.version, '2.4.13') ? first : host;
    return [
      {
        server: 'apache',
        at: place.at,
        effective: `KeepAliveTimeout ${firstArg(applied)}`,
        origin: applied.origin,
        advised: `${fix} in ${place.label}, the value of ${configured.origin}, or one value for all hosts`,
        fix: [fix],
        detail: `${host.label} gets the value of ${first.label}.`,
      },
    ];
  });
}

export const apacheConnectionChecks: readonly Check[] = [
  connectionHeader,
  noKeepalive,
  hostTimeout,
];
