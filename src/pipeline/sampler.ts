import type { Target } from './observe-target.ts';

export interface SamplerOptions {
  readonly target: Pick<Target, 'sample'>;
  /** 0 turns sampling off. */
  readonly intervalMilliseconds: number;
}

export interface Sampler {
  stop(): void;
}

/** Longest wait for one sample: sampled each second, a full server is known as such within three. */
const deadlineMilliseconds = 1500;

/** Samples a target at a fixed pace, the first at a random moment so that a thousand targets spread evenly. */
export function startSampler({ target, intervalMilliseconds }: SamplerOptions): Sampler {
  if (intervalMilliseconds === 0) return { stop: () => undefined };
  const tick = () => void target.sample(deadlineMilliseconds);
  let timer: NodeJS.Timeout = setTimeout(() => {
    tick();
    timer = setInterval(tick, intervalMilliseconds).unref();
  }, Math.random() * intervalMilliseconds).unref();
  return { stop: () => clearTimeout(timer) };
}
