/**
 * The flags of the image save memory at the cost of CPU time: a sidecar has one target and is one of thousands. With
 * more targets than this, one exporter does the work of many, and `--optimize-for-size` doubles its CPU time
 * (`npm run bench -- targets`).
 */
const targetsOfSmallExporter = 20;

/** Turns off the optimization for size from 21 targets on. It stays off after a reload with fewer targets. */
export async function favourSpeed(targets: number, setFlag = setV8Flag): Promise<void> {
  if (targets > targetsOfSmallExporter) await setFlag('--no-optimize-for-size');
}

/** Loaded at first use: a sidecar needs no `node:v8`. */
async function setV8Flag(flag: string): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(flag);
}
