import { apacheLine } from '../apache-line.ts';
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
  const effective = apacheLine(name, directive.args);
  return { server: 'apache', at, effective, origin: placeText(at), ...rest };
}

function withoutReuse({ directive, name }: ApacheProxy): string {
  const words = directive.args.filter((arg) => !/^(?:disable|enable)reuse=/i.test(arg));
  return apacheLine(name, [...words, 'enablereuse=On']);
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

/** A WebSocket ends with its connection. */
function isTunnel({ url }: ApacheProxy): boolean {
  return /^wss?:/i.test(url);
}

/** A Unix socket costs neither a round trip nor a port. */
function isSocket({ url }: ApacheProxy): boolean {
  return /^unix:/i.test(url);
}

const why =
  'Each request opens a new connection to the backend. That costs a round trip and a slot, and leaves ports in TIME_WAIT.';

const disabled: Check = {
  id: 'apache-proxy-disablereuse',
  severity: 'warning',
  what: 'disablereuse closes the connection to the backend after each request',
  why,
  find: onProxies((proxy) =>
    isOn(proxy.parameters.get('disablereuse')) && !isTunnel(proxy)
      ? hitAt(proxy, { advised: 'enablereuse=On', fix: [withoutReuse(proxy)] })
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
  what: 'Connections to the backend are not reused because enablereuse is not set',
  why: `${why} By default Apache does not keep connections to FastCGI backends, or for a ProxyPassMatch with $1 in the address.`,
  find: onProxies((proxy, view, { chain }) => {
    if (keepsConnections(proxy) || isOn(proxy.parameters.get('disablereuse'))) return undefined;
    if (isTunnel(proxy) || isSocket(proxy)) return undefined;
    const size = poolSize(view, proxy);
    // Each connection that Apache keeps holds a worker of PHP-FPM.
    if (size > (chain.backendWorkers ?? size)) return undefined;
    const condition = `if the backend has more than ${size} workers`;
    const inPhp = proxy.url.includes('fcgi:') ? ' (PHP-FPM: pm.max_children)' : '';
    return hitAt(proxy, {
      advised: `enablereuse=On, ${condition}`,
      fix: [`# only ${condition}${inPhp}`, withoutReuse(proxy)],
    });
  }),
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
  why: 'Idle connections of the pool can hold all workers of a blocking backend, so that other clients get no answer.',
  find: onProxies((proxy, view, subject) => {
    const workers = subject.chain.backendWorkers ?? nginxBehind(subject, proxy.url)?.slots;
    const size = poolSize(view, proxy);
    const { processes } = apacheWorkers(view);
    if (workers === undefined || !keepsConnections(proxy) || size <= workers) return undefined;
    return hitAt(proxy, {
      advised: `at most ${workers} connections over all processes`,
      fix: [`${withoutReuse(proxy)} max=${Math.max(1, Math.floor(workers / processes))}`],
      detail: `The pool can hold ${size} connections, but the backend has ${workers} workers.`,
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
