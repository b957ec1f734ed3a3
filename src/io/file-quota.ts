import { raiseOpenFiles } from './open-files-limit.ts';

/** `first`: a log that was not open before. `next`: the new file of a log, or a rotated one. */
export type FileRole = 'first' | 'next';

/** The logs have reached their limit of open files. */
export class TooManyFilesError extends Error {
  readonly code = 'TOO_MANY_FILES';
}

/** How many files all logs together may have open. */
export interface FileQuota {
  /** @throws the sentence for the operator when no file of that role may be opened now */
  check(role: FileRole): void;
  /** Returns the function that gives the place back. @throws as check() */
  take(role: FileRole): () => void;
}

export interface FileShares {
  readonly first: number;
  readonly all: number;
}

/** Polls, kernel tables, `ss` and the checkpoint need about that many, besides connections and the runtime. */
const reserved = 16;

/**
 * Less than half of what the process may open: connections may take a third. Half of that share is for rotation, because
 * a renamed file stays open for a quarter of an hour beside the new one.
 */
export function filesWithin(openFiles = Number.POSITIVE_INFINITY): FileShares {
  const all = Math.max(2, Math.floor(openFiles / 2) - reserved);
  return { first: Math.floor(all / 2), all };
}

export function createFileQuota(openFilesLimit?: number): FileQuota {
  const shares = filesWithin(openFilesLimit);
  let open = 0;
  const check = (role: FileRole): void => {
    const maximum = role === 'first' ? shares.first : shares.all;
    if (open < maximum) return;
    throw new TooManyFilesError(
      `the logs have reached their limit of open files (${maximum} of the ${openFilesLimit} of this process); ${raiseOpenFiles}, or narrow the pattern`,
    );
  };
  return {
    check,
    take(role) {
      check(role);
      open += 1;
      let isOpen = true;
      return () => {
        if (isOpen) open -= 1;
        isOpen = false;
      };
    },
  };
}
