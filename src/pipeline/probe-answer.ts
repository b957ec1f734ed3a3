import { findModule, type ProbeRefusal } from '../config/probe-policy.ts';
import type { ProbeConfig } from '../config/schema.ts';
import { logFamilies, targetFamilies } from '../metrics/catalog.ts';
import { probeFamilies } from '../metrics/probe-families.ts';
import { err, ok, type Result } from '../result.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import type { ProbeRequest } from './admit-target.ts';
import type { Exposition } from './exposition.ts';
import type { Log } from './log.ts';
import type { Target } from './observe-target.ts';
import { probeTarget } from './probe-target.ts';
import type { TargetSetOptions } from './target-set.ts';
import type { TargetViews } from './target-views.ts';

export interface ProbeAnswerOptions {
  /** Undefined until a configuration is in force. */
  readonly policy: () => ProbeConfig | undefined;
  readonly byName: (target: string) => Target | undefined;
  readonly views: TargetViews;
  readonly exposition: Exposition;
  readonly compatMetrics: boolean;
  readonly targetOptions: TargetSetOptions;
  readonly log: Log;
}

/** A request to /probe: for a configured target or, with a module, for any target that the configuration allows. */
export type ProbeQuery = Omit<ProbeRequest, 'module' | 'allow'> & {
  readonly module: string | undefined;
};

/** Answers /probe. */
export interface ProbeAnswers {
  /** The exposition, or why the probe was refused. */
  answer(query: ProbeQuery): Promise<Result<string, ProbeRefusal>>;
  refused(): number;
}

interface Probed {
  readonly success: boolean;
  renderRest(): Promise<string>;
}

export function createProbeAnswers(options: ProbeAnswerOptions): ProbeAnswers {
  const { views, exposition, log } = options;
  let refused = 0;
  return {
    refused: () => refused,
    async answer(query) {
      // Monotonic: the duration must not change when the clock is set during the probe.
      const askedAt = performance.now();
      const { target, module } = query;
      const known = module === undefined ? options.byName(target) : undefined;
      const logged = module === undefined ? views.logsOnlyByName(target) : undefined;
      if (logged !== undefined) return ok(await exposition.render(logFamilies, [logged]));
      const probed =
        known === undefined
          ? await probeByModule(query, options)
          : ok(ofTarget(await known.observe(query.deadlineMilliseconds), options));
      if (!probed.ok) {
        refused += 1;
        // Not a field `target`: the client chose the name, and the limit on repeated lines is per target.
        log.warn('probe refused', { requested: target.slice(0, 200), reason: probed.error.reason });
        return probed;
      }
      const { success, renderRest } = probed.value;
      const result = { success, seconds: (performance.now() - askedAt) / 1000 };
      return ok((await exposition.render(probeFamilies, [result])) + (await renderRest()));
    },
  };
}

function ofTarget(view: TargetView, options: ProbeAnswerOptions): Probed {
  const { views, exposition, compatMetrics } = options;
  return {
    success: view.observation.outcome.kind === 'answered',
    async renderRest() {
      const shown = views.complete(view);
      const polled = await exposition.render(targetFamilies(compatMetrics), [shown]);
      return polled + (await exposition.render(logFamilies, [shown]));
    },
  };
}

async function probeByModule(
  { module: name, ...query }: ProbeQuery,
  options: ProbeAnswerOptions,
): Promise<Result<Probed, ProbeRefusal>> {
  const policy = options.policy();
  const module = policy === undefined ? undefined : findModule(policy, name);
  if (policy === undefined || module === undefined) {
    const reason =
      name === undefined
        ? `"${query.target}" is not a configured target; add it to targets, or give a module`
        : `module "${name}" is not in probe.modules of the configuration`;
    return err({ status: 400, reason });
  }
  const request = { ...query, module, allow: policy.allow };
  if (module.keepalive !== undefined) return probeKeepaliveOf(request, options);
  const view = await probeTarget(request, options.targetOptions);
  return view.ok ? ok(ofTarget(view.value, options)) : view;
}

async function probeKeepaliveOf(
  request: ProbeRequest,
  { targetOptions, exposition }: ProbeAnswerOptions,
): Promise<Result<Probed, ProbeRefusal>> {
  // Loaded on demand: most exporters never measure connections.
  const { probeKeepalive } = await import('./probe-keepalive.ts');
  const { keepaliveProbeFamilies } = await import('../metrics/keepalive-probe-families.ts');
  const checked = await probeKeepalive(request, targetOptions);
  if (!checked.ok) return checked;
  return ok({
    success: checked.value.report.failure === undefined,
    renderRest: () => exposition.render(keepaliveProbeFamilies, [checked.value]),
  });
}
