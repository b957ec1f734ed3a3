import type { TargetView } from '../snapshot/target-view.ts';
import { evidenceKinds } from '../snapshot/verdict.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { labelsOf, targetLabels } from './target-samples.ts';

const exhausted = figures(ofTarget(({ verdict }: TargetView) => verdict.exhausted));

const unanswered = figures(ofTarget((view: TargetView) => view.unanswered));

export const verdictFamilies: readonly Family<TargetView>[] = [
  exhausted({
    name: 'webserver_exhausted',
    help: 'Whether all slots are in use, so that a new visitor must wait (1). A server that is down is not exhausted (0). Absent when the data allow no verdict.',
    source: 'The verdict: docs/verdict.md.',
    read: Number,
  }),
  family({
    name: 'webserver_exhaustion_evidence',
    type: 'gauge',
    help: 'Evidence for exhaustion: 1 for each kind that applies now, 0 for the others.',
    labels: [...targetLabels, 'evidence'],
    source: 'The verdict: docs/verdict.md.',
    samples: (view: TargetView) =>
      evidenceKinds.map((evidence) => ({
        labels: { ...labelsOf(view), evidence },
        value: Number(view.verdict.evidence.includes(evidence)),
      })),
  }),
  unanswered({
    name: 'webserver_visitors_unanswered',
    help: 'Whether a visitor who connects now gets no answer (1), because the server is full, hung, starting or restarting. 0 if the server refuses connections; webserver_up shows that case. Absent when it is unknown.',
    source: 'The poll, the verdict and the age of the accept queue: docs/verdict.md.',
    read: Number,
  }),
];
