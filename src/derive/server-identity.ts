import type { Observation, ServerIdentity } from '../snapshot/target-view.ts';

/** A server that has been silent for longer may well be another one when it answers again. */
const keptSeconds = 3600;

/** Which server it is: by this answer or, while the server is silent, by its last one within an hour. */
export function identify(
  observation: Observation,
  lastAnswered: Observation | undefined,
): ServerIdentity | undefined {
  const known = observation.outcome.kind === 'answered' ? observation : lastAnswered;
  if (known?.outcome.kind !== 'answered') return undefined;
  if (observation.atSeconds - known.atSeconds > keptSeconds) return undefined;
  const { version, snapshot, figures } = known.outcome;
  const mpm = snapshot.kind === 'apache' ? snapshot.serverMpm : undefined;
  return {
    ...(version === undefined ? {} : { version }),
    ...(mpm === undefined ? {} : { mpm }),
    keepaliveModel: figures.keepaliveModel,
  };
}
