import type { Silence } from '../snapshot/config-tree.ts';

export interface ConfigComment {
  /** Without the `#`. */
  readonly text: string;
  readonly line: number;
}

const marker = /^\s*keepalive-exporter:\s*(.*)$/;
const silence = /^silence\s+([a-z0-9-]{1,64}):\s*(\S.*)$/;

/**
 * The silences in the comments of one file: `keepalive-exporter: silence keepalive-off: one page per visitor`. A
 * malformed silence has an empty id; it is reported and has no effect.
 */
export function findSilences(file: string, comments: readonly ConfigComment[]): readonly Silence[] {
  return comments.flatMap(({ text, line }) => {
    const order = marker.exec(text)?.[1];
    if (order === undefined) return [];
    const [, id = '', reason = ''] = silence.exec(order.trimEnd()) ?? [];
    return [{ at: { file, line }, id, reason }];
  });
}
