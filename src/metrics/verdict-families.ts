import type { TargetView } from '../snapshot/target-view.ts';
import { evidenceKinds } from '../snapshot/verdict.ts';
import { type Family, family } from './family.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

export const verdictFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_exhausted',
    type: 'gauge',
    help: 'Whether a new visitor finds no slot (1); 0 also when the server is down. Absent when nothing tells.',
    labels: targetLabels,
    source: 'The verdict: docs/verdict.md.',
    samples: (view: TargetView) => {
      const { exhausted } = view.verdict;
      return known(labelsOf(view), exhausted === undefined ? undefined : Number(exhausted));
    },
  }),
  family({
    name: 'webserver_exhaustion_evidence',
    type: 'gauge',
    help: 'What speaks for exhaustion: 1 for each evidence that holds, 0 for the others.',
    labels: [...targetLabels, 'evidence'],
    source: 'The verdict: docs/verdict.md.',
    samples: (view: TargetView) =>
      evidenceKinds.map((evidence) => ({
        labels: { ...labelsOf(view), evidence },
        value: Number(view.verdict.evidence.includes(evidence)),
      })),
  }),
  family({
    name: 'webserver_visitors_unanswered',
    type: 'gauge',
    help: 'Whether a visitor who connects now gets no answer (1): the server is full, hung, starting up or restarting. 0 also when it refuses connections: webserver_up tells that.',
    labels: targetLabels,
    source: 'The poll, the verdict and the age of the accept queue: docs/verdict.md.',
    samples: (view: TargetView) =>
      known(labelsOf(view), view.unanswered === undefined ? undefined : Number(view.unanswered)),
  }),
];
