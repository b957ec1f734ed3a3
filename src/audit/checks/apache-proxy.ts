import {
  type ApacheProxy,
  apacheProxies,
  isOn,
  keepsConnections,
  poolSize,
} from '../apache-proxies.ts';
import type { ApacheView } from '../apache-view.ts';
import { apacheWorkers } from '../apache-workers.ts';
import { nginxBehind } from '../chain.ts';
import type { AuditSubject, Check, Hit } from '../check.ts';
import { placeOf, placeText } from '../setting.ts';

function hitAt(
  { directive, name }: ApacheProxy,
  rest: Pick<Hit, 'advised' | 'fix' | 'detail'>,
): Hit {
  const at = placeOf(directive);
  const effective = [name, ...directive.args].join(' ');
  return { server: 'apache', at, effective, origin: placeText(at), ...rest };
}

function withoutReuse({ directive, name }: ApacheProxy): string {
  const words = directive.args.filter((arg) => !/^(?:disable|enable)reuse=/i.test(arg));
  return [name, ...words, 'enablereuse=On'].join(' ');
}

function onProxies(
  find: (proxy: ApacheProxy, view: ApacheView, subject: AuditSubject) => Hit | undefined,
): Check['find'] {
  return (subject) => {
    const { apache } = subject;
    if (apache === undefined) return [];
    return apacheProxies(apache).flatMap((proxy) => find(proxy, apache, subject) ?? []);
  };
}

const why =
  'Each request to the backend opens a connection: a round trip and a slot more, and ports in TIME_WAIT.';

const disabled: Check = {
  id: 'apache-proxy-disablereuse',
  severity: 'warning',
  what: 'Connections to the backend are closed after each request by disablereuse',
  why,
  find: onProxies((proxy) =>
    isOn(proxy.parameters.get('disablereuse'))
      ? hitAt(proxy, { advised: 'reuse', fix: [withoutReuse(proxy)] })
      : undefined,
  ),
  examples: [
    {
      server: 'apache',
      trigger: 'ProxyPass "/app" "http://127.0.0.1:8080/" disablereuse=On',
      twin: 'ProxyPass "/app" "http://127.0.0.1:8080/"',
    },
  ],
};

const notEnabled: Check = {
  id: 'apache-proxy-no-enablereuse',
  severity: 'info',
  what: 'Connections to the backend are not reused, since enablereuse is not set',
  why: `${why} FastCGI backends and ProxyPassMatch with $1 in the address keep no connection unless asked to.`,
  find: onProxies((proxy) =>
    keepsConnections(proxy) || isOn(proxy.parameters.get('disablereuse'))
      ? undefined
      : hitAt(proxy, {
          advised: 'enablereuse=On, with max below the workers of the backend',
          fix: [withoutReuse(proxy)],
        }),
  ),
  examples: [
    {
      server: 'apache',
      trigger: 'ProxyPass "/app" "fcgi://127.0.0.1:9000/"',
      twin: 'ProxyPass "/app" "fcgi://127.0.0.1:9000/" enablereuse=On',
    },
  ],
};

const pool: Check = {
  id: 'apache-proxy-pool-large',
  severity: 'warning',
  what: 'The pool of connections to the backend is larger than the backend has workers',
  why: 'Idle connections of the pool hold all workers of a blocking backend, and nobody else gets in.',
  find: onProxies((proxy, view, subject) => {
    const workers = subject.chain.backendWorkers ?? nginxBehind(subject, proxy.url)?.slots;
    const size = poolSize(view, proxy);
    const { processes } = apacheWorkers(view);
    if (workers === undefined || !keepsConnections(proxy) || size <= workers) return undefined;
    return hitAt(proxy, {
      advised: `at most ${workers} connections in all processes`,
      fix: [`${withoutReuse(proxy)} max=${Math.max(1, Math.floor(workers / processes))}`],
      detail: `The pool may hold ${size} connections, the backend has ${workers} workers.`,
    });
  }),
  examples: [
    {
      server: 'apache',
      chain: { backendWorkers: 50 },
      trigger:
        'ThreadsPerChild 25\nMaxRequestWorkers 400\nProxyPass "/app" "http://127.0.0.1:8080/"',
      twin: 'ThreadsPerChild 25\nMaxRequestWorkers 400\nProxyPass "/app" "http://127.0.0.1:8080/" max=3',
    },
  ],
};

export const apacheProxyChecks: readonly Check[] = [disabled, notEnabled, pool];
