import type { ServerKind } from '../snapshot/status-page.ts';
import { apacheSetting, servingScopes } from './apache-view.ts';
import type { AuditSubject } from './check.ts';
import { apacheSeconds } from './durations.ts';
import { nginxSetting, servingLevels, settingSeconds } from './nginx-view.ts';
import { countOf, firstArg, type Setting } from './setting.ts';

/** How keep-alive is set for one server or virtual host. */
export interface KeepaliveSettings {
  readonly server: ServerKind;
  /** Whether an idle connection holds a worker. */
  readonly model: 'blocking' | 'event';
  /** The setting that turns it on or off. */
  readonly toggle: Setting;
  readonly isOn: boolean;
  readonly timeout: Setting;
  /** 0 when keep-alive is off; undefined when the file says no time. */
  readonly timeoutSeconds: number | undefined;
  readonly requests: Setting;
  /** Infinity when there is no limit. */
  readonly requestLimit: number | undefined;
}

/** Of each server and virtual host that visitors reach. */
export function keepaliveSettings({ apache, nginx }: AuditSubject): readonly KeepaliveSettings[] {
  return [
    ...(apache === undefined
      ? []
      : servingScopes(apache).map((scope): KeepaliveSettings => {
          const toggle = apacheSetting(apache, scope, 'KeepAlive');
          const timeout = apacheSetting(apache, scope, 'KeepAliveTimeout');
          const requests = apacheSetting(apache, scope, 'MaxKeepAliveRequests');
          const limit = countOf(requests);
          // Since 2.4 any word but On is Off by error; 2.2 also took a number for On.
          const isOn = !['off', '0'].includes(firstArg(toggle).toLowerCase());
          return {
            server: 'apache',
            model: apache.mpm === 'event' ? 'event' : 'blocking',
            toggle,
            isOn,
            timeout,
            timeoutSeconds: isOn ? apacheSeconds(firstArg(timeout)) : 0,
            requests,
            requestLimit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
          };
        })),
    ...(nginx === undefined
      ? []
      : servingLevels(nginx).map((level): KeepaliveSettings => {
          const timeout = nginxSetting(nginx, level, 'keepalive_timeout');
          const requests = nginxSetting(nginx, level, 'keepalive_requests');
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
        })),
  ];
}

/** The directives' names differ, the advice does not. */
export function fixLine(
  server: ServerKind,
  names: readonly [string, string],
  value: string,
): string {
  return server === 'apache' ? `${names[0]} ${value}` : `${names[1]} ${value};`;
}
