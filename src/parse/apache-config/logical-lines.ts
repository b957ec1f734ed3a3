export interface LogicalLine {
  readonly text: string;
  /** 1-based line in which it begins. */
  readonly line: number;
}

/**
 * Joins lines that end with a backslash, as ap_cfg_getline() of 2.4 does: without a space in between, in comments too.
 * The work is linear in the text.
 */
export function splitLogicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let parts: string[] = [];
  let start = 1;
  for (const [index, raw] of text.split('\n').entries()) {
    if (parts.length === 0) start = index + 1;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.endsWith('\\')) {
      parts.push(line.slice(0, -1));
      continue;
    }
    lines.push({ text: parts.length === 0 ? line : [...parts, line].join(''), line: start });
    if (parts.length > 0) parts = [];
  }
  if (parts.length > 0) lines.push({ text: parts.join(''), line: start });
  return lines;
}
