import type { LineConsumer } from '../parse/split-lines.ts';
import type { CopyTimes } from './copy-evidence.ts';
import type { MarkedFile } from './file-mark.ts';
import type { FilePlace } from './file-place.ts';

/** An open log that is read forward: text (text-file.ts) or an archive (packed-file.ts). */
export interface LogFile {
  readonly dev: number;
  readonly ino: number;
  /** Reads up to that number of chunks, with pauses for other work. Returns the bytes read, 0 at the current end. */
  read(consume: LineConsumer, chunks: number): Promise<number>;
  /** Whether the bytes that were read are still in the file. False after a truncation, even if the file grew again. */
  isIntact(): Promise<boolean>;
  /** Continues at the beginning of a file that was truncated. */
  restart(): void;
  place(): Promise<FilePlace>;
  /** Bytes that were not handed on yet. */
  lag(): Promise<number>;
  tooLongLines(): number;
  /** Defined when an archive was read to its end. Undefined for text, which may grow. */
  end(): FileEnd | undefined;
  /** Whether the file has no name any more. Only processes that have it open can still write to it. */
  isDeleted(): Promise<boolean>;
  /** Undefined for an archive. */
  times(): Promise<CopyTimes | undefined>;
  /** Whether an archive or a copy holds the beginning of this file and nothing else. */
  isSourceOf(copy: MarkedFile): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileEnd {
  /** Why the rest of the archive could not be unpacked. */
  readonly problem?: string;
  /** Bytes of the archive that could not be unpacked. */
  readonly lostBytes: number;
}
