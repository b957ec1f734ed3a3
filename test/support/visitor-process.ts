import { setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { sendVisitors, type Visit } from './timed-visitors.ts';

/** What visitor-run.ts tells this process of its own, in which no test delays the visitors. */
export interface VisitorOrder {
  /** Several are under way at once. */
  readonly id: number;
  readonly visits: readonly Visit[];
  readonly port: number;
  readonly path: string;
}

export type VisitorReport =
  | { readonly kind: 'ready' }
  /** The last visitor of an order has its last response. */
  | { readonly kind: 'done'; readonly id: number; readonly seconds: number };

function report(message: VisitorReport): void {
  process.send?.(message);
}

/** Ahead of other work on the machine, where that is allowed. */
function hurry(): void {
  try {
    setPriority(-15);
  } catch {
    // Only root may; the visitors then come as punctually as the machine lets them.
  }
}

process.on('message', ({ id, visits, port, path }: VisitorOrder) => {
  const startedAt = performance.now();
  // It stays after that, for the visitors that close first; the parent ends it.
  void sendVisitors(visits, { port, path }).then(() =>
    report({ kind: 'done', id, seconds: (performance.now() - startedAt) / 1000 }),
  );
});
// Its parent may be killed.
process.on('disconnect', () => process.exit());
hurry();
report({ kind: 'ready' });
