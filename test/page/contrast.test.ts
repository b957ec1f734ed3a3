import { expect, test } from 'vitest';
import { pageStyle } from '../../src/page/style.ts';

/** WCAG 2.2, 1.4.3: relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** The variables of the style sheet: the first :root is light, the second dark. */
const themes = [...pageStyle.matchAll(/:root\{([^}]*)\}/g)].map(
  ([, body = '']) =>
    new Map([...body.matchAll(/--([\w-]+):(#[0-9a-f]+)/g)].map(([, k, v]) => [k, v])),
);

test.each([
  [0, 'light'],
  [1, 'dark'],
])('text on a card has a contrast of 4.5:1 or more (theme %d, %s)', (index) => {
  const theme = themes[index];
  for (const [text, back] of [
    ['text', 'card'],
    ['soft', 'card'],
    ['soft', 'back'],
    ['bad', 'card'],
    ['raised', 'card'],
    ['good', 'card'],
    ['link', 'card'],
    ['text', 'bad-back'],
  ] as const) {
    const ratio = contrast(theme?.get(text) ?? '', theme?.get(back) ?? '');
    expect(ratio, `${text} on ${back}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('no text of the page has an opacity, which would change these ratios', () => {
  expect(pageStyle).not.toMatch(/[;{]opacity:/);
  expect(pageStyle).toMatch(/\.stale-note[^{]*\{color:var\(--soft\)/);
});

test('the letter on each coloured square has a contrast of 4.5:1 or more', () => {
  const rule = /background:(#\w+)\}\.board \.state-(\w+)\{color:(#\w+)\}/g;
  const squares = [...pageStyle.matchAll(rule)];
  expect(squares.length).toBeGreaterThan(10);
  for (const [, back = '', state, ink = ''] of squares) {
    expect(contrast(ink, back), state).toBeGreaterThanOrEqual(4.5);
  }
});
