import { keysOf } from '../parse/record-of.ts';
import type { SlotState } from '../snapshot/slots.ts';

export interface SlotColor {
  /** The name of the state for people. */
  readonly label: string;
  /** `#rrggbb`, the same in light and dark. */
  readonly color: string;
  /** A free slot: drawn in the colour of the background, so that slots in use stand out. */
  readonly neutral: boolean;
}

/**
 * One colour for each slot state, on the page and in dashboards, in the order of a bar: work first, then keep-alive, then
 * free slots.
 *
 * The main colours follow the colour-blind-safe set of Okabe and Ito (blue for work, orange for keep-alive, vermilion for
 * closing). A search placed the rare states so that any two states of one server differ in OKLab, also with protanopia,
 * deuteranopia and tritanopia. test/page/slot-palette.test.ts checks that distance.
 */
export const slotPalette: Readonly<Record<SlotState, SlotColor>> = {
  writing: { label: 'writing', color: '#0b62b0', neutral: false },
  working: { label: 'working', color: '#1769b5', neutral: false },
  active: { label: 'reading or serving a request', color: '#1769b5', neutral: false },
  writing_async: { label: 'writing async', color: '#53aee8', neutral: false },
  reading: { label: 'reading', color: '#53aee8', neutral: false },
  wait_io: { label: 'waiting for I/O', color: '#e07ab0', neutral: false },
  dns: { label: 'DNS lookup', color: '#8036de', neutral: false },
  logging: { label: 'logging', color: '#928e42', neutral: false },
  closing: { label: 'closing', color: '#c4411f', neutral: false },
  graceful: { label: 'finishing gracefully', color: '#916be0', neutral: false },
  cleanup: { label: 'idle cleanup', color: '#c87ab4', neutral: false },
  starting: { label: 'starting', color: '#008b72', neutral: false },
  unknown: { label: 'unknown', color: '#f24383', neutral: false },
  keepalive: { label: 'keep-alive', color: '#f2a31b', neutral: false },
  idle: { label: 'idle', color: '#86cfab', neutral: false },
  open: { label: 'open', color: '#d5dae1', neutral: true },
  free: { label: 'free', color: '#d5dae1', neutral: true },
};

/** Every state in stacking order. */
export const slotStackOrder = keysOf(slotPalette);
