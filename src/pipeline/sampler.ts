import type { Target } from './observe-target.ts';

export interface SamplerOptions {
  readonly target: Pick<Target, 'sample'>;
  /** 0 turns sampling off. */
  readonly intervalMilliseconds: number;
}

export interface Sampler {
  stop(): void;
}

/** Maximum wait for one sample. With one sample a second, a full server is detected within three seconds. */
const deadlineMilliseconds = 1500;

/** Samples a target at a fixed interval. The first sample is at a random moment, to spread the load of many targets. */
export function startSampler({ target, intervalMilliseconds }: SamplerOptions): Sampler {
  if (intervalMilliseconds === 0) return { stop: () => undefined };
  const tick = () => void target.sample(deadlineMilliseconds);
  let timer: NodeJS.Timeout = setTimeout(() => {
    tick();
    timer = setInterval(tick, intervalMilliseconds).unref();
  }, Math.random() * intervalMilliseconds).unref();
  return { stop: () => clearTimeout(timer) };
}
