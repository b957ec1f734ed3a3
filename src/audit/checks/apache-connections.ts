import type { ConfigDirective } from '../../snapshot/config-tree.ts';
import { firstHostOf, keepaliveTimeoutOf, statedTimeout } from '../apache-timeout.ts';
import { type ApacheView, findAnywhere, isBefore } from '../apache-view.ts';
import { estimateSteps, matchesWithin, mostSteps } from '../bounded-match.ts';
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
    effective: [name, ...directive.args].join(' '),
    origin: placeText(at),
    ...rest,
  };
}

const connectionHeader: Check = {
  id: 'apache-header-connection',
  severity: 'warning',
  what: 'A Connection header is set by hand',
  why: 'Apache writes this header itself, from what it will do. HTTP/1.1 keeps connections without it, so a line of one’s own adds nothing; where Apache closes the connection the answer says "keep-alive, close".',
  find: ({ apache }) =>
    (apache === undefined ? [] : findAnywhere(apache, 'header'))
      .filter(({ directive }) => setsConnection(directive))
      .map(({ directive }) =>
        hitAt(directive, 'Header', {
          advised: 'no such line',
          fix: [`# remove: Header ${directive.args.join(' ')}`],
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

/** As browsers of today name themselves. */
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
  what: 'nokeepalive is set for clients of today',
  why: 'The variable was made for browsers of the 1990s. Whoever it matches gets a new connection for each request.',
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
  detail: 'The expression is too large to be judged here: see for yourself whom it matches.',
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

const longestAgent = Math.max(...modernAgents.map(({ length }) => length));

/** Each line of a hostile file may hold an expression of its own, so all of them together have a bound too. */
const mostStepsOfAll = 20_000_000;

/** Undefined for an expression that is not judged. */
function createAgentMatcher(): AgentMatcher {
  const known = new Map<string, boolean | undefined>();
  let steps = 0;
  return (pattern, ignoreCase) => {
    const key = `${ignoreCase} ${pattern}`;
    if (known.has(key)) return known.get(key);
    const wanted = estimateSteps(pattern, longestAgent);
    if (wanted <= mostSteps) steps += wanted * modernAgents.length;
    const found = steps > mostStepsOfAll ? undefined : matchesSome(pattern, ignoreCase);
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
  what: 'A KeepAliveTimeout of another virtual host counts',
  why: 'With name-based virtual hosts Apache gives a host without a KeepAliveTimeout of its own that of the first host of the address, not the main server’s; before 2.4.13 the first host’s counts for all. The Keep-Alive header still promises the other one.',
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
    const counts = keepaliveTimeoutOf(view, host);
    const stated = statedTimeout(view, host);
    if (firstArg(counts) === firstArg(stated)) return [];
    const first = firstHostOf(view, host);
    const fix = `KeepAliveTimeout ${firstArg(stated)}`;
    // Before 2.4.13 a line of this host's own changes nothing.
    const place = isBefore(view.version, '2.4.13') ? first : host;
    return [
      {
        server: 'apache',
        at: place.at,
        effective: `KeepAliveTimeout ${firstArg(counts)}`,
        origin: counts.origin,
        advised: `${fix} in ${place.label}, as ${stated.origin} has it, or one value for all`,
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
