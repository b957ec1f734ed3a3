import type { Config, HttpConfig, TargetConfig } from '../config/schema.ts';
import { pathProblem } from '../io/path-problem.ts';

/** Something that the schema allows but that is probably a mistake. */
export interface ConfigWarning {
  /** Where in the configuration, such as `targets[0].status_url`. */
  readonly path: string;
  readonly message: string;
}

interface NamedFile {
  readonly path: string;
  readonly file: string | undefined;
}

/** The probable mistakes of a valid configuration: unreadable files, no targets, a status page without `auto`. */
export async function findConfigWarnings(config: Config): Promise<readonly ConfigWarning[]> {
  const ofFiles = await Promise.all(namedFiles(config).map(warningsOf));
  return [...emptyWarnings(config), ...addressWarnings(config), ...ofFiles.flat()];
}

function emptyWarnings({ targets, probe }: Config): readonly ConfigWarning[] {
  const hasModules = Object.keys(probe.modules).length > 0;
  if (targets.length === 0 && !hasModules)
    return [
      { path: 'targets', message: 'is empty, and probe has no modules: nothing is measured' },
    ];
  if (!hasModules || probe.allow.length > 0) return [];
  const message = 'is empty, so every probe with a module is refused; add the servers';
  return [{ path: 'probe.allow', message }];
}

/** Without `auto` mod_status sends an HTML page, which is not read. */
function addressWarnings({ targets, probe }: Config): readonly ConfigWarning[] {
  const ofTargets = targets.map(({ server, status_url }, index) => ({
    path: `targets[${index}].status_url`,
    address: server === 'apache' ? status_url : undefined,
  }));
  const ofModules = Object.entries(probe.modules).map(([name, module]) => ({
    path: `probe.modules.${name}.path`,
    // With `keepalive` no status page is read.
    address:
      module.server === 'apache' && module.keepalive === undefined
        ? `http://module${module.path}`
        : undefined,
  }));
  const message = 'has no "?auto": mod_status then sends an HTML page; add "?auto"';
  return [...ofTargets, ...ofModules]
    .filter(({ address }) => address !== undefined && !asksForText(address))
    .map(({ path }) => ({ path, message }));
}

/** Whether the query has the word `auto` where mod_status finds it. */
function asksForText(address: string): boolean {
  const query = new URL(address).search.slice(1);
  return /^(?:auto(?:=.*)?|.*&auto(?:=.*)?(?:&.*)?|auto&.*)$/.test(query);
}

function namedFiles({ targets, probe, checkpoint }: Config): readonly NamedFile[] {
  return [
    ...targets.flatMap((target, index) => filesOfTarget(target, `targets[${index}]`)),
    ...Object.entries(probe.modules).flatMap(([name, { http, capacity }]) => [
      ...filesOfHttp(http, `probe.modules.${name}.http`),
      { path: `probe.modules.${name}.capacity.config_file`, file: capacity.config_file },
    ]),
    { path: 'checkpoint.directory', file: checkpoint?.directory },
  ];
}

/** Without access logs: trying their formats reports the problems of the file too. */
function filesOfTarget(target: TargetConfig, path: string): readonly NamedFile[] {
  const { http, capacity, access_logs, error_logs, processes } = target;
  return [
    ...filesOfHttp(http, `${path}.http`),
    { path: `${path}.capacity.config_file`, file: capacity.config_file },
    { path: `${path}.processes.pid_file`, file: processes?.pid_file },
    ...access_logs.flatMap(({ format_file, pipe }, index) => [
      { path: `${path}.access_logs[${index}].format_file`, file: format_file },
      { path: `${path}.access_logs[${index}].pipe`, file: pipe },
    ]),
    ...error_logs.map((log, index) => ({
      path: `${path}.error_logs[${index}].path`,
      // A pattern may match later.
      file: /[*?]/.test(log.path) ? undefined : log.path,
    })),
  ];
}

function filesOfHttp(http: HttpConfig, path: string): readonly NamedFile[] {
  const { basic_auth, bearer_token_file, tls } = http;
  return [
    { path: `${path}.basic_auth.password_file`, file: basic_auth?.password_file },
    { path: `${path}.bearer_token_file`, file: bearer_token_file },
    { path: `${path}.tls.ca_file`, file: tls?.ca_file },
    { path: `${path}.tls.cert_file`, file: tls?.cert_file },
    { path: `${path}.tls.key_file`, file: tls?.key_file },
  ];
}

async function warningsOf({ path, file }: NamedFile): Promise<readonly ConfigWarning[]> {
  if (file === undefined) return [];
  const wanted = path === 'checkpoint.directory' ? 'directory' : 'file';
  const problem = await pathProblem(file, wanted);
  return problem === undefined ? [] : [{ path, message: `${file} ${problem}` }];
}
