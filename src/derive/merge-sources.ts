import { present } from '../present.ts';
import type { SourceStats, SourceView } from '../snapshot/log-source.ts';

/** One view for each name: a path may be both an access log and an error log, and a series must be unique. */
export function mergeSources(sources: Iterable<SourceView>): readonly SourceView[] {
  const merged = new Map<string, SourceView>();
  for (const view of sources) {
    const known = merged.get(view.source);
    merged.set(view.source, known === undefined ? view : merge(known, view));
  }
  return [...merged.values()];
}

/** The merged source has the problem of either source. */
function merge(a: SourceView, b: SourceView): SourceView {
  const condition = a.condition.reason === 'reading' ? b.condition : a.condition;
  return { source: a.source, stats: add(a.stats, b.stats), condition };
}

function add(a: SourceStats, b: SourceStats): SourceStats {
  return {
    readBytes: a.readBytes + b.readBytes,
    skippedBytes: a.skippedBytes + b.skippedBytes,
    lagBytes: a.lagBytes + b.lagBytes,
    rotations: a.rotations + b.rotations,
    tooLongLines: a.tooLongLines + b.tooLongLines,
    ...present({ droppedDatagrams: a.droppedDatagrams ?? b.droppedDatagrams }),
  };
}
