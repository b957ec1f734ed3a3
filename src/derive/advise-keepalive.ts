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
  /** Memory that more workers could take, and which limit ends it; absent where a person said it. */
  readonly availableBytes?: number;
  readonly limitedBy?: MemoryRoom['limitedBy'];
  /** Below which nothing is advised. */
  readonly least?: LeastTraffic;
}

export interface LeastTraffic {
  readonly seconds: number;
  readonly connections: number;
}

const leastTraffic: LeastTraffic = { seconds: 600, connections: 200 };

const idleCosts: Readonly<Record<AdvisedServer, IdleCost>> = {
  apache: 'blocking',
  prefork: 'blocking',
  worker: 'blocking',
  event: 'async',
  nginx: 'reclaimable',
};

const unknownMpm =
  'the MPM is not known: an idle client is taken to hold a worker, as under prefork and worker. Where it is event, say so: --server=event; for the exporter that runs, capacity.async_request_worker_factor (the default is 2)';

/** Which timeout and how many slots, what that changes, and how sure it is. */
export function adviseKeepalive(options: AdviceOptions): Advice {
  const model = predictTimeouts({ ...options, idleCost: idleCosts[options.server] });
  const missing = findMissing(options, options.least ?? leastTraffic);
  const choice: Choice = missing.length > 0 ? { kind: 'none' } : chooseTimeout(model, options);
  const today = model.predictions.find(
    ({ timeoutSeconds }) => timeoutSeconds === model.todaySeconds,
  );
  const directives = renderDirectives(choice, { ...options, todaySeconds: model.todaySeconds });
  return {
    kind: choice.kind,
    headline: renderHeadline(choice, { model, options, missing }),
    advisedKeepaliveTimeoutSeconds: choice.advised?.timeoutSeconds,
    advisedSlots: choice.slots,
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
