import { present } from '../present.ts';
import type { Observation, ServerIdentity } from '../snapshot/target-view.ts';

/** After a longer time without an answer, another server may answer. */
const keptSeconds = 3600;

/** The identity of the server: from this answer or, while it does not answer, from the last one within an hour. */
export function identify(
  observation: Observation,
  lastAnswered: Observation | undefined,
): ServerIdentity | undefined {
  const known = observation.outcome.kind === 'answered' ? observation : lastAnswered;
  if (known?.outcome.kind !== 'answered') return undefined;
  if (observation.atSeconds - known.atSeconds > keptSeconds) return undefined;
  const { version, snapshot, figures } = known.outcome;
  const mpm = snapshot.kind === 'apache' ? snapshot.serverMpm : undefined;
  return { ...present({ version, mpm }), keepaliveModel: figures.keepaliveModel };
}
