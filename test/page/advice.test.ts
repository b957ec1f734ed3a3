import { expect, test } from 'vitest';
import { renderAdvice } from '../../src/page/advice.ts';
import { renderHtml } from '../../src/page/html.ts';
import { steadyAdvice } from '../support/advised-traffic.ts';

function render(advice = steadyAdvice()): string {
  const section = renderAdvice(advice);
  return section === undefined ? '' : renderHtml(section);
}

test('renderAdvice() shows the advice, its directives and the curve with both timeouts marked', () => {
  const markup = render();
  expect(markup).toContain('Set the keep-alive timeout to 1.5 s (today 30 s)');
  expect(markup).toContain('KeepAliveTimeout 1500ms');
  expect(markup).toContain('apachectl configtest &#38;&#38; apachectl graceful');
  expect(markup.match(/<polyline/g)).toHaveLength(2);
  expect(markup).toMatch(/class="mark-word"[^>]*>advised</);
  expect(markup).toMatch(/class="mark-word"[^>]*>today</);
  expect(markup).toContain('20 slots');
  expect(markup).not.toContain('NaN');
});

test('the words of two neighbouring marks stand apart', () => {
  const advice = steadyAdvice();
  const { predictions } = advice.model;
  const at = predictions.findIndex((row) => row.timeoutSeconds === 5);
  const words = (advised: number) => {
    const markup = render({ ...advice, today: predictions[at], advised: predictions[advised] });
    return [...markup.matchAll(/class="mark-word" [^>]*text-anchor="(\w+)">(\w+)/g)].map(
      ([, anchor, word]) => `${word} ${anchor}`,
    );
  };
  expect(words(at - 1)).toEqual(['advised end', 'today start']);
  expect(words(at + 1)).toEqual(['today end', 'advised start']);
  expect(words(at - 2)).toEqual(['advised middle', 'today middle']);
  expect(words(at)).toEqual(['today middle']);
});

test('renderAdvice() ends the axis at twice the slots, or at the highest figure', () => {
  const axis = (slots: number) =>
    />(\d+)<\/text>\n<text [^>]*>0</.exec(render(steadyAdvice({ slots })))?.[1];
  expect(axis(20)).toBe('40');
  expect(axis(100)).toBe('123');
});

test('renderAdvice() without enough traffic shows what is missing and no curve', () => {
  const markup = render(steadyAdvice({ minimum: { seconds: 7200, connections: 1 } }));
  expect(markup).toContain('No advice: only 20 minutes of the 2 hours of traffic that are needed.');
  expect(markup).not.toContain('<svg');
});

test('renderAdvice() returns nothing if no log identifies connections', () => {
  expect(renderAdvice(undefined)).toBeUndefined();
});
