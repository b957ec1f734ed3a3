import type { SourceStats, SourceView } from '../snapshot/log-source.ts';

/** One view a name: a path may be an access log and an error log, and a series may stand only once. */
export function mergeSources(sources: Iterable<SourceView>): readonly SourceView[] {
  const merged = new Map<string, SourceView>();
  for (const view of sources) {
    const known = merged.get(view.source);
    merged.set(view.source, known === undefined ? view : merge(known, view));
  }
  return [...merged.values()];
}

/** What stands in the way of one of them is told. */
function merge(a: SourceView, b: SourceView): SourceView {
  const condition = a.condition.reason === 'reading' ? b.condition : a.condition;
  return { source: a.source, stats: add(a.stats, b.stats), condition };
}

function add(a: SourceStats, b: SourceStats): SourceStats {
  const dropped = a.droppedDatagrams ?? b.droppedDatagrams;
  return {
    readBytes: a.readBytes + b.readBytes,
    skippedBytes: a.skippedBytes + b.skippedBytes,
    lagBytes: a.lagBytes + b.lagBytes,
    rotations: a.rotations + b.rotations,
    tooLongLines: a.tooLongLines + b.tooLongLines,
    ...(dropped === undefined ? {} : { droppedDatagrams: dropped }),
  };
}
