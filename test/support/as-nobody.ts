/** Root may read everything: permissions are tested as nobody. */
export async function asNobody(run: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return run();
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    await run();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
