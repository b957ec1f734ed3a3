import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { observedSamples } from './histogram-samples.ts';
import { labelsOf, targetLabels } from './target-samples.ts';

const sampler = figures(ofTarget(({ counters }: TargetView) => counters.samples));

const lane = figures(ofTarget(({ laneUp }: TargetView) => laneUp));

/** What happened between two scrapes. A target that was never sampled has no histograms. */
export const sampleFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_worker_saturation_samples',
    type: 'histogram',
    help: 'Worker saturation ratio, sampled between scrapes. If an exhausted server does not answer a sample, the sample counts as 1.',
    labels: targetLabels,
    source: 'webserver_worker_saturation_ratio, once each sampling.interval.',
    samples: (view: TargetView) =>
      observedSamples(labelsOf(view), view.counters.samples.saturation),
  }),
  family({
    name: 'webserver_keepalive_slot_occupancy_samples',
    type: 'histogram',
    help: 'Keep-alive slot occupancy ratio, sampled between scrapes. If an exhausted server does not answer a sample, the value comes from the kernel.',
    labels: targetLabels,
    source: 'webserver_keepalive_slot_occupancy_ratio, once each sampling.interval.',
    samples: (view: TargetView) =>
      observedSamples(labelsOf(view), view.counters.samples.keepaliveOccupancy),
  }),
  sampler({
    name: 'keepalive_exporter_samples_total',
    type: 'counter',
    help: 'Samples of the target taken between scrapes.',
    source: 'The sampler.',
    read: ({ taken }) => taken,
  }),
  sampler({
    name: 'keepalive_exporter_samples_missed_total',
    type: 'counter',
    help: 'Samples not taken, because the target did not answer or the previous sample was still running.',
    source: 'The sampler.',
    read: ({ missed }) => missed,
  }),
  lane({
    name: 'keepalive_exporter_lane_up',
    help: 'Whether the observation lane works (1): a connection that the exporter keeps open, and on which the server answers. Absent without sampling.observation_lane.',
    source: 'The observation lane.',
    read: Number,
  }),
];
