import { stat } from 'node:fs/promises';

/** Bytes of a file; 0 for one that cannot be read. */
export function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
