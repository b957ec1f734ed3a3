import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { observedSamples } from './histogram-samples.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

/** What happened between two scrapes. A target that was never sampled has no histograms. */
export const sampleFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_worker_saturation_samples',
    type: 'histogram',
    help: 'Worker saturation ratio, sampled between scrapes; a sample that an exhausted server did not answer counts as 1.',
    labels: targetLabels,
    source: 'webserver_worker_saturation_ratio, each sampling.interval.',
    samples: (view: TargetView) =>
      observedSamples(labelsOf(view), view.counters.samples.saturation),
  }),
  family({
    name: 'webserver_keepalive_slot_occupancy_samples',
    type: 'histogram',
    help: 'Keep-alive slot occupancy ratio, sampled between scrapes; a sample that an exhausted server did not answer counts with what the kernel shows.',
    labels: targetLabels,
    source: 'webserver_keepalive_slot_occupancy_ratio, each sampling.interval.',
    samples: (view: TargetView) =>
      observedSamples(labelsOf(view), view.counters.samples.keepaliveOccupancy),
  }),
  family({
    name: 'keepalive_exporter_samples_total',
    type: 'counter',
    help: 'Samples taken of a target between scrapes.',
    labels: targetLabels,
    source: 'The sampler.',
    samples: (view: TargetView) => known(labelsOf(view), view.counters.samples.taken),
  }),
  family({
    name: 'keepalive_exporter_samples_missed_total',
    type: 'counter',
    help: 'Samples not taken: the target did not answer, or the sample before was still under way.',
    labels: targetLabels,
    source: 'The sampler.',
    samples: (view: TargetView) => known(labelsOf(view), view.counters.samples.missed),
  }),
  family({
    name: 'keepalive_exporter_lane_up',
    type: 'gauge',
    help: 'Whether the observation lane stands: a kept-alive connection that is answered. Only with sampling.observation_lane.',
    labels: targetLabels,
    source: 'The observation lane.',
    samples: (view: TargetView) =>
      known(labelsOf(view), view.laneUp === undefined ? undefined : Number(view.laneUp)),
  }),
];
