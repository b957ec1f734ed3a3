import type { Severity } from '../snapshot/audit.ts';
import type { Place } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ApacheView } from './apache-view.ts';
import type { NginxView } from './nginx-view.ts';
import { type Setting, textOf } from './setting.ts';

/** What is known of the machine the servers run on; the audit of files of elsewhere knows nothing. */
export interface MachineFacts {
  readonly cpuCount: number;
  /** Of the machine, or the limit of the control group that the server runs in. */
  readonly memoryBytes?: number;
  /** net.core.somaxconn. */
  readonly somaxconn?: number;
  /** Most files one process of a server may open. */
  readonly openFiles?: Partial<Readonly<Record<ServerKind, number>>>;
  /** Memory one Apache process uses. */
  readonly processBytes?: number;
}

/** What is known of the chain that no file tells. */
export interface ChainFacts {
  /** Idle timeout of what stands in front of the servers, such as a load balancer. */
  readonly frontTimeoutSeconds?: number;
  /** Workers of the server behind them. */
  readonly backendWorkers?: number;
}

export interface AuditSubject {
  readonly apache?: ApacheView;
  readonly nginx?: NginxView;
  readonly machine: MachineFacts;
  readonly chain: ChainFacts;
}

/** One place where a check finds something. */
export interface Hit {
  readonly server: ServerKind;
  readonly at: Place;
  readonly effective: string;
  readonly origin: string;
  readonly advised: string;
  readonly fix: readonly string[];
  /** When it is not that of the check. */
  readonly severity?: Severity;
  /** Said after the check's own sentence. */
  readonly detail?: string;
}

/** A configuration that the real server accepts. */
export interface Example {
  readonly server: ServerKind;
  /** Lines of httpd.conf, or a whole nginx.conf. */
  readonly trigger: string;
  /** The same, and the check is silent. */
  readonly twin: string;
  readonly mpm?: 'prefork' | 'worker' | 'event';
  /** Version to judge by; the real server is asked with its own. */
  readonly version?: string;
  readonly machine?: Partial<MachineFacts>;
  readonly chain?: ChainFacts;
  /** A second tree of the other server that both configurations stand with. */
  readonly beside?: string;
}

/** What a check's page and a finding say of it. */
export interface CheckWords {
  readonly id: string;
  readonly severity: Severity;
  /** A sentence without a full stop. */
  readonly what: string;
  readonly why: string;
  readonly examples: readonly Example[];
}

export interface Check extends CheckWords {
  readonly find: (subject: AuditSubject) => readonly Hit[];
}

/** A hit on a setting that counts. */
export function hitOn(
  server: ServerKind,
  setting: Setting,
  rest: Omit<Hit, 'server' | 'at' | 'effective' | 'origin'>,
): Hit {
  return {
    server,
    at: setting.at,
    effective: textOf(setting),
    origin: setting.origin,
    ...rest,
  };
}

/** The same directive found through several scopes is one finding. */
export function uniqueHits(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ server, at, effective }) => {
    const key = `${server}\0${at.file}\0${at.line}\0${effective}`;
    return seen.size !== seen.add(key).size;
  });
}
