import { stat } from 'node:fs/promises';

/** Size of a file in bytes. 0 if it cannot be read. */
export function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
