import { deriveApacheSlots } from '../derive/apache-slots.ts';
import { deriveNginxSlots } from '../derive/nginx-slots.ts';
import { parseServerVersion } from '../derive/server-version.ts';
import { deriveStartTime } from '../derive/start-time.ts';
import { scrapeFailure } from '../io/fetch-failure.ts';
import type { FetchedPage } from '../io/fetch-page.ts';
import { parseApacheStatus } from '../parse/apache-status.ts';
import { parseStubStatus } from '../parse/stub-status.ts';
import { present } from '../present.ts';
import type { Capacity, SlotFigures } from '../snapshot/slots.ts';
import type { BadField, ServerKind, StatusSnapshot } from '../snapshot/status-page.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';

export interface ReadOutcome {
  readonly outcome: ObservationOutcome;
  /** Fields of the page that are left out because they cannot be read. */
  readonly badFields: readonly BadField[];
}

export interface PageContext {
  readonly page: FetchedPage;
  readonly server: ServerKind;
  readonly capacity: Capacity;
  readonly now: number;
  readonly statusUrl: string;
}

/** The figures of a page, or the failure when it is not a status page. */
export function readOutcome({ page, server, capacity, now, statusUrl }: PageContext): ReadOutcome {
  const parsed = server === 'apache' ? parseApacheStatus(page.body) : parseStubStatus(page.body);
  if (!parsed.ok) {
    const { found, remedy } = parsed.error;
    const failure = scrapeFailure(
      'not_a_status_page',
      `fetch "${statusUrl}": found ${found} instead of ${statusPageNames[server]}`,
      remedy,
    );
    return { outcome: { kind: 'failed', failure }, badFields: [] };
  }
  const { snapshot, badFields } = parsed.value;
  const version = parseServerVersion(
    snapshot.kind === 'apache' ? snapshot.serverVersion : page.serverHeader,
  );
  const startTimeSeconds = snapshot.kind === 'apache' ? deriveStartTime(snapshot, now) : undefined;
  const outcome: ObservationOutcome = {
    kind: 'answered',
    snapshot,
    figures: deriveSlots(snapshot, capacity),
    ...present({ version, startTimeSeconds }),
  };
  return { outcome, badFields };
}

const statusPageNames: Readonly<Record<ServerKind, string>> = {
  apache: "mod_status's ?auto page",
  nginx: "nginx's stub_status page",
};

function deriveSlots(snapshot: StatusSnapshot, capacity: Capacity): SlotFigures {
  return snapshot.kind === 'apache'
    ? deriveApacheSlots(snapshot, capacity)
    : deriveNginxSlots(snapshot, capacity);
}
