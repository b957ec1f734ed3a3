import type { CliIo } from './io.ts';

interface ProgressBar {
  readonly show: (done: number, all: number) => void;
  /** Removes the bar from the screen. */
  clear(): void;
}

const width = 30;

/** A progress bar on standard error if that is a terminal; otherwise nothing. */
export function createProgressBar({
  stderr,
  stderrIsTerminal,
}: Pick<CliIo, 'stderr' | 'stderrIsTerminal'>): ProgressBar {
  if (stderrIsTerminal !== true) return { show: () => undefined, clear: () => undefined };
  let shown = '';
  return {
    show(done, all) {
      const share = all === 0 ? 1 : Math.min(1, done / all);
      const text = `${'#'.repeat(Math.round(share * width)).padEnd(width, '.')} ${String(Math.floor(share * 100)).padStart(3)} %`;
      if (text === shown) return;
      shown = text;
      stderr(`\r${text}`);
    },
    clear() {
      if (shown !== '') stderr(`\r${' '.repeat(shown.length)}\r`);
    },
  };
}
