import type { ServerKind } from '../snapshot/status-page.ts';
import { keepaliveTimeoutOf } from './apache-timeout.ts';
import { type ApacheScope, type ApacheView, apacheSetting, servingScopes } from './apache-view.ts';
import type { AuditSubject } from './check.ts';
import { apacheSeconds } from './durations.ts';
import { oncePer } from './named-directives.ts';
import {
  type NginxLevel,
  type NginxView,
  nginxSetting,
  servingLevels,
  settingSeconds,
} from './nginx-view.ts';
import { countOf, firstArg, type Setting } from './setting.ts';

/** The keep-alive settings of one server or virtual host. */
export interface KeepaliveSettings {
  readonly server: ServerKind;
  /** Whether an idle connection holds a worker. */
  readonly model: 'blocking' | 'event';
  /** The setting that turns it on or off. */
  readonly toggle: Setting;
  readonly isOn: boolean;
  readonly timeout: Setting;
  /** 0 when keep-alive is off; undefined if the value is not a time. */
  readonly timeoutSeconds: number | undefined;
  readonly requests: Setting;
  /** Infinity when there is no limit. */
  readonly requestLimit: number | undefined;
}

/** The settings of all servers and virtual hosts, and of nginx locations with their own values. */
export const allKeepaliveSettings = oncePer(
  (subject: AuditSubject): readonly KeepaliveSettings[] => {
    const { nginx } = subject;
    const names = ['keepalive_timeout', 'keepalive_requests'];
    const own = (nginx?.locations ?? []).filter(({ directives }) =>
      directives.some(({ name }) => names.includes(name)),
    );
    return [
      ...keepaliveSettings(subject),
      ...(nginx === undefined ? [] : own.map((level) => nginxSettings(nginx, level))),
    ];
  },
);

/** The settings of each server and virtual host that visitors reach. */
export const keepaliveSettings = oncePer(
  ({ apache, nginx }: AuditSubject): readonly KeepaliveSettings[] => [
    ...(apache === undefined
      ? []
      : servingScopes(apache).map((scope) => apacheSettings(apache, scope))),
    ...(nginx === undefined
      ? []
      : servingLevels(nginx).map((level) => nginxSettings(nginx, level))),
  ],
);

function apacheSettings(view: ApacheView, scope: ApacheScope): KeepaliveSettings {
  const toggle = apacheSetting(view, scope, 'KeepAlive');
  const timeout = keepaliveTimeoutOf(view, scope);
  const seconds = apacheSeconds(firstArg(timeout));
  const requests = apacheSetting(view, scope, 'MaxKeepAliveRequests');
  const limit = countOf(requests);
  // Apache 2.2 reads 0 as Off, and every other word as On.
  const isOff = ['off', '0'].includes(firstArg(toggle).toLowerCase());
  // ap_set_keepalive() closes the connection if the timeout is 0.
  const isOn = !isOff && seconds !== 0;
  return {
    server: 'apache',
    model: view.mpm === 'event' ? 'event' : 'blocking',
    toggle: isOff || isOn ? toggle : timeout,
    isOn,
    timeout,
    timeoutSeconds: isOn ? seconds : 0,
    requests,
    requestLimit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
  };
}

function nginxSettings(view: NginxView, level: NginxLevel): KeepaliveSettings {
  const timeout = nginxSetting(view, level, 'keepalive_timeout');
  const requests = nginxSetting(view, level, 'keepalive_requests');
  const timeoutSeconds = settingSeconds(timeout);
  return {
    server: 'nginx',
    model: 'event',
    toggle: timeout,
    isOn: timeoutSeconds !== 0,
    timeout,
    timeoutSeconds,
    requests,
    requestLimit: countOf(requests),
  };
}

/** A configuration line with the directive of the server: `[Apache, nginx]`. */
export function fixLine(
  server: ServerKind,
  names: readonly [string, string],
  value: string,
): string {
  return server === 'apache' ? `${names[0]} ${value}` : `${names[1]} ${value};`;
}
