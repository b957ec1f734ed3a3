import { compareVersions } from '../derive/server-version.ts';
import { type ApacheState, mayBeBuiltIn, readCondition } from './apache-conditions.ts';

const mpm = 'mpm_event_module mpm_worker_module mpm_prefork_module';
const threaded = 'mpm_event_module mpm_worker_module';

/** The modules of which one must be loaded, and their directives in every release of 2.4. From their command tables. */
const directives: readonly (readonly [string, string])[] = [
  [
    'core_module',
    'acceptpathinfo allowoverride define documentroot errorlog extendedstatus include includeoptional keepalive keepalivetimeout limitrequestbody loglevel maxkeepaliverequests options serveradmin serveralias servername serverroot serversignature servertokens sethandler timeout traceenable undefine usecanonicalname',
  ],
  ['access_compat_module', 'allow deny order satisfy'],
  ['alias_module', 'alias aliasmatch redirect redirectmatch scriptalias'],
  ['authz_core_module', 'authmerging require'],
  ['dir_module', 'directoryindex fallbackresource'],
  ['env_module', 'passenv setenv unsetenv'],
  ['expires_module', 'expiresactive expiresbytype expiresdefault'],
  ['headers_module', 'header requestheader'],
  ['http2_module', 'h2direct h2maxworkers h2minworkers h2push'],
  ['log_config_module', 'customlog logformat transferlog'],
  ['macro_module', 'undefmacro use'],
  ['mime_module', 'addhandler addtype'],
  [mpm, 'listen listenbacklog maxconnectionsperchild maxrequestworkers serverlimit startservers'],
  [threaded, 'maxsparethreads minsparethreads threadlimit threadsperchild'],
  ['mpm_event_module', 'asyncrequestworkerfactor'],
  ['mpm_prefork_module', 'maxspareservers minspareservers'],
  [
    'proxy_module',
    'balancermember proxypass proxypassmatch proxypassreverse proxypreservehost proxyrequests proxyset proxystatus proxytimeout',
  ],
  ['remoteip_module', 'remoteipheader remoteipinternalproxy'],
  ['reqtimeout_module', 'requestreadtimeout'],
  ['rewrite_module', 'rewritecond rewriteengine rewriterule'],
  ['setenvif_module', 'browsermatch browsermatchnocase setenvif setenvifnocase'],
  ['so_module', 'loadmodule'],
  [
    'ssl_module',
    'sslcertificatefile sslcertificatekeyfile sslciphersuite sslengine sslprotocol sslsessioncache',
  ],
  ['unixd_module', 'group user'],
];

const sections: readonly (readonly [string, string])[] = [
  [
    'core_module',
    'directory directorymatch else elseif files filesmatch if ifdefine ifmodule limit limitexcept location locationmatch virtualhost',
  ],
  ['authz_core_module', 'requireall requireany requirenone'],
  ['macro_module', 'macro'],
  ['proxy_module', 'proxy proxymatch'],
  ['version_module', 'ifversion'],
];

/** `<IfDirective KeepAlive>`; undefined for a name that is not in the table. */
export function holdsIfDirective(rest: string, state: ApacheState): boolean | undefined {
  return holds(ownersOfDirectives, rest, state);
}

/** `<IfSection Proxy>`. */
export function holdsIfSection(rest: string, state: ApacheState): boolean | undefined {
  return holds(ownersOfSections, rest, state);
}

type Owners = ReadonlyMap<string, readonly string[]>;

export const ownersOfDirectives = ownersOf(directives);
export const ownersOfSections = ownersOf(sections);

function ownersOf(table: readonly (readonly [string, string])[]): Owners {
  return new Map(
    table.flatMap(([modules, names]) =>
      names.split(' ').map((name) => [name, modules.split(' ')] as const),
    ),
  );
}

/** Both sections exist since 2.4.34. */
function holds(owners: Owners, rest: string, state: ApacheState): boolean | undefined {
  const { name, negated } = readCondition(rest);
  const modules = owners.get(name.toLowerCase());
  if (modules === undefined || compareVersions(state.version, '2.4.34') < 0) return undefined;
  const isLoaded = modules.some((module) => state.modules.has(module));
  return !isLoaded && mayBeBuiltIn(state) ? undefined : isLoaded !== negated;
}
