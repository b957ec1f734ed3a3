/** The result of the work, or undefined when it takes longer than that. The work itself is not stopped. */
export async function within<T>(
  work: Promise<T> | undefined,
  milliseconds: number,
): Promise<T | undefined> {
  if (work === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
