/** One bin for each number of slots up to this, then bins of 2 %. */
const exactUpTo = 64;
const growth = Math.log(1.02);
export const slotBinCount = 600;

/** The bin of a number of slots in use. */
export function slotBin(slots: number): number {
  if (slots <= exactUpTo) return Math.max(0, slots);
  const bin = exactUpTo + Math.ceil(Math.log(slots / exactUpTo) / growth);
  return Math.min(bin, slotBinCount - 1);
}

/** The largest number of slots in a bin. */
export function slotsOfBin(bin: number): number {
  return bin <= exactUpTo ? bin : exactUpTo * Math.exp((bin - exactUpTo) * growth);
}
