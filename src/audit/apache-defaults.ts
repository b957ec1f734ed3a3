import { compareVersions } from '../derive/server-version.ts';
import { oncePerName } from './named-directives.ts';

interface Known {
  readonly mpm: 'prefork' | 'worker' | 'event';
  readonly version: string;
}

/** A default value, or a function of what it depends on. From httpd's include/httpd.h, mpm_common.h and server/mpm/. */
type Default = string | ((known: Known) => string);

const byMpm = (prefork: string, threaded: string) => (known: Known) =>
  known.mpm === 'prefork' ? prefork : threaded;

const defaults: Readonly<Record<string, Default>> = {
  KeepAlive: 'On',
  KeepAliveTimeout: '5',
  MaxKeepAliveRequests: '100',
  Timeout: ({ version }) => (compareVersions(version, '2.4') < 0 ? '300' : '60'),
  ListenBacklog: '511',
  ServerLimit: byMpm('256', '16'),
  ThreadLimit: '64',
  ThreadsPerChild: byMpm('1', '25'),
  MaxRequestWorkers: byMpm('256', '400'),
  StartServers: byMpm('5', '3'),
  MinSpareServers: '5',
  MaxSpareServers: '10',
  MinSpareThreads: '75',
  MaxSpareThreads: '250',
  MaxConnectionsPerChild: ({ version }) => (compareVersions(version, '2.4') < 0 ? '10000' : '0'),
  AsyncRequestWorkerFactor: '2',
};

export function apacheDefault(name: string, known: Known): string | undefined {
  const found = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  return typeof found === 'function' ? found(known) : found;
}

const namesOf22: Readonly<Record<string, string>> = {
  MaxRequestWorkers: 'maxclients',
  MaxConnectionsPerChild: 'maxrequestsperchild',
};

interface DirectiveNames {
  readonly current: string;
  readonly older: string | undefined;
}

/** The names of a directive in the tree. Apache 2.4 still accepts the names of 2.2. */
export const apacheNames = oncePerName(
  (name): DirectiveNames => ({
    current: name.toLowerCase(),
    older: Object.hasOwn(namesOf22, name) ? namesOf22[name] : undefined,
  }),
);
