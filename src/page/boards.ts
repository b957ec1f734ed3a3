import { present } from '../present.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { currentConnections, describeOldestIdle } from './connections.ts';
import type { PageModel } from './model.ts';
import { sortByTrouble } from './rank.ts';
import { buildSlotBoard, type SlotBoard } from './slot-board.ts';
import { maxNameLength, visibleText } from './visible-text.ts';

/** The boards of one target: one for each kind of slot. */
export function buildBoards(view: TargetView | undefined): readonly SlotBoard[] {
  const groups = view?.figures?.groups ?? [];
  // The kernel shows connections. On a server without connection slots each one holds a worker.
  const agedKind = groups.some(({ kind }) => kind === 'connection') ? 'connection' : 'worker';
  const held = view && currentConnections(view)?.held;
  return groups.map((group) =>
    buildSlotBoard(present({ group, held: group.kind === agedKind ? held : undefined })),
  );
}

/** Maximum number of cards. The overview lists every target; the cards show those with problems first. */
export const maxCards = 40;

/** One event of the live stream: the boards of all targets that have a card. */
export function renderBoardsEvent({ targets }: PageModel): string {
  const shown = sortByTrouble(targets).slice(0, maxCards);
  return JSON.stringify(
    shown.map(({ identity, view }) => {
      const connections = view && currentConnections(view);
      return {
        name: visibleText(identity.name, maxNameLength),
        boards: buildBoards(view),
        oldestIdle: connections && describeOldestIdle(connections),
      };
    }),
  );
}
