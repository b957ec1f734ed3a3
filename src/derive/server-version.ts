/** `Apache/2.4.62 (Debian) OpenSSL/3.0` or `nginx/1.22.1` -> `2.4.62`; undefined without a dotted version. */
export function parseServerVersion(serverVersion: string | undefined): string | undefined {
  return /^[^\s/]{1,64}\/(\d{1,9}(?:\.\d{1,9}){1,3})/.exec(serverVersion ?? '')?.[1];
}

/** Negative when `a` is older than `b`, positive when newer, 0 when equal; both dotted numbers. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
