import type { Advice, AdvisedServer } from '../snapshot/advice.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';
import type { IdleCost } from '../snapshot/prediction.ts';
import { describeApply } from './advice-apply.ts';
import { describeBasis, findMissing } from './advice-basis.ts';
import { renderDirectives } from './advice-directives.ts';
import { describeEffect } from './advice-effect.ts';
import { describeMemory } from './advice-memory.ts';
import { describeChanges, renderHeadline } from './advice-words.ts';
import { type Choice, chooseTimeout } from './choose-timeout.ts';
import { type ModelOptions, predictTimeouts } from './keepalive-model.ts';

export interface AdviceOptions extends Omit<ModelOptions, 'idleCost'> {
  readonly server: AdvisedServer;
  /** ThreadsPerChild of worker and event. */
  readonly threadsPerChild?: number;
  /**
   * Memory available to more workers, and which limit applies; the limit is absent where a person stated the memory.
   */
  readonly availableBytes?: number;
  readonly limitedBy?: MemoryRoom['limitedBy'];
  /** With less traffic nothing is advised. */
  readonly minimum?: MinimumTraffic;
}

export interface MinimumTraffic {
  readonly seconds: number;
  readonly connections: number;
}

const minimumTraffic: MinimumTraffic = { seconds: 600, connections: 200 };

const idleCosts: Readonly<Record<AdvisedServer, IdleCost>> = {
  apache: 'blocking',
  prefork: 'blocking',
  worker: 'blocking',
  event: 'async',
  nginx: 'reclaimable',
};

const unknownMpm =
  'the MPM is not known, so an idle client is assumed to hold a worker, as under prefork and worker. If it is event, set --server=event, or capacity.async_request_worker_factor of a running exporter (the default is 2)';

/** The advised timeout and number of slots, their effect, and how certain they are. */
export function adviseKeepalive(options: AdviceOptions): Advice {
  const model = predictTimeouts({ ...options, idleCost: idleCosts[options.server] });
  const missing = findMissing(options, options.minimum ?? minimumTraffic);
  const choice: Choice = missing.length > 0 ? { kind: 'none' } : chooseTimeout(model, options);
  const today = model.predictions.find(
    ({ timeoutSeconds }) => timeoutSeconds === model.todaySeconds,
  );
  const directives = renderDirectives(choice, { ...options, todaySeconds: model.todaySeconds });
  return {
    kind: choice.kind,
    headline: renderHeadline(choice, { model, options, missing }),
    advisedKeepaliveTimeoutSeconds: choice.advised?.timeoutSeconds,
    advisedSlots: choice.kind === 'more_slots' ? choice.slots : undefined,
    directives,
    apply: describeApply(directives, options.server),
    effect: describeEffect(today, choice.advised),
    today,
    advised: choice.advised,
    missing,
    restsOn: [
      ...describeBasis(options.summary, model),
      ...(options.server === 'apache' ? [unknownMpm] : []),
      ...describeMemory(choice, model, options),
    ],
    wouldChange: describeChanges(choice, model),
    model,
  };
}
