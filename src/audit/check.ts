import type { Severity } from '../snapshot/audit.ts';
import type { Place } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ApacheView } from './apache-view.ts';
import type { NginxView } from './nginx-view.ts';
import { type Setting, textOf } from './setting.ts';

/** Facts about the machine that the servers run on. Unknown when the files come from another machine. */
export interface MachineFacts {
  readonly cpuCount: number;
  /** Of the machine, or the limit of the control group that the server runs in. */
  readonly memoryBytes?: number;
  /** net.core.somaxconn. */
  readonly somaxconn?: number;
  /** Maximum number of open files for one process of a server. */
  readonly openFiles?: Partial<Readonly<Record<ServerKind, number>>>;
  /** Memory of one Apache process. */
  readonly processBytes?: number;
}

/** Facts about the chain that no configuration file contains. */
export interface ChainFacts {
  /** Idle timeout of the server in front, such as a load balancer. */
  readonly frontTimeoutSeconds?: number;
  /** Workers of the backend. */
  readonly backendWorkers?: number;
}

export interface AuditSubject {
  readonly apache?: ApacheView;
  readonly nginx?: NginxView;
  readonly machine: MachineFacts;
  readonly chain: ChainFacts;
}

/** One place where a check found a problem. */
export interface Hit {
  readonly server: ServerKind;
  readonly at: Place;
  readonly effective: string;
  readonly origin: string;
  readonly advised: string;
  readonly fix: readonly string[];
  /** Only if it differs from that of the check. */
  readonly severity?: Severity;
  /** A sentence to add to that of the check. */
  readonly detail?: string;
}

/** A configuration that the real server accepts. */
export interface Example {
  readonly server: ServerKind;
  /** Lines of httpd.conf, or a whole nginx.conf. */
  readonly trigger: string;
  /** The corrected configuration, for which the check finds nothing. */
  readonly twin: string;
  readonly mpm?: 'prefork' | 'worker' | 'event';
  /** Version that the audit assumes. The test on a real server uses the version of that server. */
  readonly version?: string;
  readonly machine?: Partial<MachineFacts>;
  readonly chain?: ChainFacts;
  /** Configuration of the other server, used with both examples. */
  readonly beside?: string;
}

/** The texts of a check, for its page and its findings. */
export interface CheckWords {
  readonly id: string;
  readonly severity: Severity;
  /** What is wrong: a sentence without a full stop. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  readonly examples: readonly Example[];
}

export interface Check extends CheckWords {
  readonly find: (subject: AuditSubject) => readonly Hit[];
}

/** A hit on an effective setting. */
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

/** Removes duplicates: several scopes can find the same directive. */
export function uniqueHits(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ server, at, effective }) => {
    const key = `${server}\0${at.file}\0${at.line}\0${effective}`;
    return seen.size !== seen.add(key).size;
  });
}
