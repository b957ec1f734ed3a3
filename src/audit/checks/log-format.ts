import type { ConfigDirective } from '../../snapshot/config-tree.ts';
import { apacheLine } from '../apache-line.ts';
import { type ApacheView, servingScopes } from '../apache-view.ts';
import { type Check, type Hit, uniqueHits } from '../check.ts';
import { namedIn } from '../named-directives.ts';
import { type NginxView, nearest, servingLevels } from '../nginx-view.ts';
import { placeOf, placeText } from '../setting.ts';
import { nginxWith } from './nginx-example.ts';

/** What the exporter needs from an access log, and how a format writes it. */
const apacheNeeds = [
  ['duration', /%[<>]?(?:\{[um]?s\})?[DT]/],
  ['requests of the connection', /%[<>]?k/],
  ['aborts', /%[<>]?X/],
] as const;
const nginxNeeds = [
  ['duration', /\$request_time/],
  ['requests of the connection', /\$connection_requests/],
] as const;
const upstreamNeed = ['upstream connect time', /\$upstream_connect_time/] as const;

const apacheLines = [
  'LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D %k %X" keepalive',
];
const nginxLines = [
  'log_format keepalive \'$remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent \'',
  '                     \'"$http_referer" "$http_user_agent" $request_time $connection_requests \'',
  '                     \'"$upstream_connect_time" "$upstream_response_time"\';',
];

type Needs = readonly (readonly [string, RegExp])[];

function lacking(format: string, needs: Needs): readonly string[] {
  return needs.filter(([, written]) => !written.test(format)).map(([what]) => what);
}

function findApache(view: ApacheView): readonly Hit[] {
  const formats = apacheFormats(view);
  // Hosts without their own log share one list, which is checked once.
  const lists = servingScopes(view).map((scope) => {
    const own = namedIn(scope.directives, 'customlog');
    return own.length > 0 ? own : namedIn(view.main.directives, 'customlog');
  });
  return [...new Set(lists)].flatMap((logs) => {
    const first = firstLacking(logs, ({ args: [, name = ''] }) =>
      lacking(formats.get(name) ?? name, apacheNeeds),
    );
    if (first === undefined) return [];
    const [path = '', , ...conditions] = first.log.args;
    const line = apacheLine('CustomLog', [path, 'keepalive', ...conditions]);
    return hitAt('apache', first.log, first.missing, [...apacheLines, line]);
  });
}

/** One complete log is enough: others of the same scope have their own purpose. */
function firstLacking(
  logs: readonly ConfigDirective[],
  find: (log: ConfigDirective) => readonly string[],
) {
  const all = logs.map((log) => ({ log, missing: find(log) }));
  return all.some(({ missing }) => missing.length === 0) ? undefined : all[0];
}

/** Apache has no built-in formats: each name is defined by a LogFormat. */
function apacheFormats(view: ApacheView): ReadonlyMap<string, string> {
  const all = [view.main, ...view.hosts].flatMap(({ directives }) =>
    namedIn(directives, 'logformat'),
  );
  return new Map(all.map(({ args }) => [args[1] ?? '', args[0] ?? '']));
}

function findNginx(view: NginxView): readonly Hit[] {
  const formats = new Map(
    namedIn(view.http.directives, 'log_format').map(({ args }) => [
      args[0] ?? '',
      args.slice(1).join(''),
    ]),
  );
  const proxies = [...view.servers, ...view.locations].some(({ directives }) =>
    directives.some(({ name }) => name.endsWith('_pass')),
  );
  const needs: Needs = proxies ? [...nginxNeeds, upstreamNeed] : nginxNeeds;
  const lists = [...new Set(servingLevels(view).map((level) => nearest(level, 'access_log')))];
  const isUnset = lists.some((logs) => logs.length === 0);
  const unset = isUnset ? [defaultLog(view, lacking('', needs))] : [];
  const set = lists.flatMap((all) => {
    const logs = all.filter(({ args }) => args[0] !== 'off');
    const first = firstLacking(logs, ({ args: [, name = 'combined'] }) =>
      lacking(formats.get(name) ?? '', needs),
    );
    return first === undefined ? [] : hitAt('nginx', first.log, first.missing, nginxFix(first.log));
  });
  return [...unset, ...set];
}

/** A line in http would replace it for all servers that have none. */
function defaultLog({ http }: NginxView, missing: readonly string[]): Hit {
  const log = { name: 'access_log', args: ['logs/access.log'], ...http.at };
  return { ...hitAt('nginx', log, missing, nginxFix(log)), origin: 'default log of nginx' };
}

function nginxFix({ args }: ConfigDirective): readonly string[] {
  const options = args.slice(2).map((arg) => ` ${arg}`);
  return [...nginxLines, `access_log ${args[0] ?? ''} keepalive${options.join('')};`];
}

function hitAt(
  server: 'apache' | 'nginx',
  log: ConfigDirective,
  missing: readonly string[],
  fix: readonly string[],
): Hit {
  const at = placeOf(log);
  return {
    server,
    at,
    effective:
      server === 'apache'
        ? apacheLine('CustomLog', log.args)
        : ['access_log', ...log.args].join(' '),
    origin: placeText(at),
    advised: `a format with ${missing.join(', ')}`,
    fix,
  };
}

const lacksFields: Check = {
  id: 'log-format-lacks-fields',
  severity: 'info',
  what: 'The access log lacks fields that show how connections are used',
  why: 'Only the log contains the requests per connection, the durations and the aborted requests.',
  find: ({ apache, nginx }) =>
    uniqueHits([
      ...(apache === undefined ? [] : findApache(apache)),
      ...(nginx === undefined ? [] : findNginx(nginx)),
    ]),
  examples: [
    {
      server: 'apache',
      trigger: 'CustomLog logs/access.log "%h %l %u %t \\"%r\\" %>s %O"',
      twin: 'LogFormat "%h %l %u %t \\"%r\\" %>s %O %D %k %X" keepalive\nCustomLog logs/access.log keepalive',
    },
    {
      server: 'nginx',
      trigger: nginxWith(),
      twin: nginxWith(
        "log_format k '$remote_addr $request_time $connection_requests';",
        'access_log logs/access.log k;',
      ),
    },
  ],
};

export const logFormatChecks: readonly Check[] = [lacksFields];
