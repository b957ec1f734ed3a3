import type { ConfigDirective } from '../../snapshot/config-tree.ts';
import { mayBeBuiltIn } from '../apache-conditions.ts';
import { type ApacheView, findAnywhere } from '../apache-view.ts';
import { type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { type NginxView, servingSettings, settingSeconds } from '../nginx-view.ts';
import { firstArg, type Setting, settingFrom } from '../setting.ts';
import { hidesLines } from '../unread.ts';
import { nginxWith } from './nginx-example.ts';

const requestReadTimeout = 'RequestReadTimeout header=10-20,minrate=500 body=20,minrate=500';

/** Maximum wait for the first header: the request of a real visitor arrives within a second. */
const maxHeaderSeconds = 60;

/** Each limit, such as `header=20-40,minrate=500`, of the main server and its virtual hosts. */
function limitsOf(view: ApacheView): readonly Setting[] {
  return findAnywhere(view, 'requestreadtimeout').flatMap(({ directive }) =>
    splitStages(directive),
  );
}

function splitStages(directive: ConfigDirective): readonly Setting[] {
  return directive.args.map((arg) => ({
    ...settingFrom('RequestReadTimeout', directive),
    args: [arg],
  }));
}

/** `header=20-40` and `body=10` begin with the seconds of the first wait; 0 means no limit. */
function stageSeconds(setting: Setting): number | undefined {
  const digits = /^(?:header|body)=(\d{1,9})/i.exec(firstArg(setting))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function findUnlimited(view: ApacheView): readonly Hit[] {
  if (!view.tree.modules.has('reqtimeout_module')) {
    if (hidesLines(view.tree) || mayBeBuiltIn(view.tree)) return [];
    return [
      {
        server: 'apache',
        at: view.main.at,
        effective: 'mod_reqtimeout is not loaded',
        origin: 'no LoadModule',
        advised: 'mod_reqtimeout with a limit for header and body',
        fix: ['LoadModule reqtimeout_module modules/mod_reqtimeout.so', requestReadTimeout],
      },
    ];
  }
  return limitsOf(view)
    .filter((limit) => stageSeconds(limit) === 0)
    .map((limit) => hitOn('apache', limit, { advised: 'a limit', fix: [requestReadTimeout] }));
}

const nginxStages = ['client_header_timeout', 'client_body_timeout'] as const;

function findNginx(view: NginxView, matches: (seconds: number) => boolean): readonly Hit[] {
  return nginxStages
    .flatMap((name) => servingSettings(view, name))
    .filter((setting) => matches(settingSeconds(setting) ?? 1))
    .map((setting) =>
      hitOn('nginx', setting, { advised: '10 to 20 s', fix: [`${setting.name} 15s;`] }),
    );
}

const missing: Check = {
  id: 'slow-clients-unlimited',
  severity: 'warning',
  what: 'A client can take unlimited time to send its request',
  why: 'A few machines that send a byte now and then (a Slowloris attack) can hold all slots.',
  find: ({ apache, nginx }) =>
    uniqueHits([
      ...(apache === undefined ? [] : findUnlimited(apache)),
      ...(nginx === undefined ? [] : findNginx(nginx, (seconds) => seconds > 3600)),
    ]),
  examples: [
    {
      server: 'apache',
      trigger: 'RequestReadTimeout header=0 body=0',
      twin: 'RequestReadTimeout header=20-40,minrate=500 body=20,minrate=500',
    },
    {
      server: 'nginx',
      trigger: nginxWith('client_header_timeout 1d;'),
      twin: nginxWith('client_header_timeout 15s;'),
    },
  ],
};

const loose: Check = {
  id: 'slow-clients-loose',
  severity: 'info',
  what: 'The limits for slow clients are too high',
  why: 'Each slow client holds a slot for this time. The request of a real visitor arrives within a second.',
  find: ({ apache, nginx }) =>
    uniqueHits([
      ...(apache === undefined
        ? []
        : limitsOf(apache)
            .filter((limit) => (stageSeconds(limit) ?? 0) > maxHeaderSeconds)
            .map((limit) =>
              hitOn('apache', limit, {
                advised: 'header 10 to 20 s, body with a minimum rate',
                fix: [requestReadTimeout],
              }),
            )),
      ...(nginx === undefined
        ? []
        : findNginx(nginx, (seconds) => seconds > 30 && seconds <= 3600)),
    ]),
  examples: [
    {
      server: 'apache',
      trigger: 'RequestReadTimeout header=300',
      twin: 'RequestReadTimeout header=20-40,minrate=500',
    },
    {
      server: 'nginx',
      trigger: nginxWith(),
      twin: nginxWith('client_header_timeout 15s;', 'client_body_timeout 20s;'),
    },
  ],
};

export const slowClientChecks: readonly Check[] = [missing, loose];
