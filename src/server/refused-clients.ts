import { rememberNewest } from '../remember-newest.ts';
import type { RefusalCounts, RefusalReason } from '../snapshot/refused-clients.ts';
import { networkOf } from './failure-limit.ts';

export type LogRefusal = (
  message: string,
  fields: Readonly<Record<string, string | number | undefined>>,
) => void;

export interface RefusedClients {
  note(reason: RefusalReason, address: string): void;
  counts(): RefusalCounts;
}

export interface RefusedClientsOptions {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly log: LogRefusal;
}

/**
 * What is logged. The other reasons follow from these: browsers send their first request without a password, and an
 * address with too many failures has failed before.
 */
const messages: Partial<
  Readonly<Record<RefusalReason, readonly [message: string, remedy: string]>>
> = {
  password: [
    'client refused: wrong user name or password',
    'compare basic_auth of this client with basic_auth_users of the web configuration; if you do not know the address, close the port to it with a firewall',
  ],
  certificate: [
    'client refused: no client certificate, or not an accepted one',
    'give this client a certificate that client_ca_file and client_allowed_sans of the web configuration accept; if you do not know the address, close the port to it with a firewall',
  ],
  rate_limit: [
    'client refused: more requests than rate_limit of the web configuration allows',
    'scrape less often, or raise rate_limit',
  ],
};

/** An address that keeps failing gets one line in this time. */
const repeatMilliseconds = 3_600_000;

/** The address without a line for longest is forgotten first. */
const rememberedAddresses = 1000;

/** Counts refused clients, and logs each address once an hour: strangers must not fill the disk. */
export function createRefusedClients({ now, log }: RefusedClientsOptions): RefusedClients {
  const counts: Record<RefusalReason, number> = {
    no_password: 0,
    password: 0,
    too_many_failures: 0,
    busy: 0,
    rate_limit: 0,
    certificate: 0,
  };
  const reported = new Map<string, { at: number; suppressed: number }>();
  return {
    counts: () => ({ ...counts }),
    note(reason, address) {
      counts[reason] += 1;
      const [message, remedy] = messages[reason] ?? [];
      if (message === undefined) return;
      const key = `${reason} ${networkOf(address)}`;
      const last = reported.get(key);
      if (last !== undefined && now() - last.at < repeatMilliseconds) {
        last.suppressed += 1;
        return;
      }
      rememberNewest(reported, [key, { at: now(), suppressed: 0 }], rememberedAddresses);
      const suppressed = last?.suppressed === 0 ? undefined : last?.suppressed;
      log(message, { address, remedy, suppressed });
    },
  };
}
