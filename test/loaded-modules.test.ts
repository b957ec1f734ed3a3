import { expect, test } from 'vitest';
import { loadedWith } from './support/static-imports.ts';

const loaded = [...new Set([...loadedWith('main.ts'), ...loadedWith('cli/serve.ts')])].sort();

test('serve loads what serve is made of', () => {
  expect(loaded).toContain('app.ts');
  expect(loaded).toContain('pipeline/sampler.ts');
});

test.each([
  ['advise', /cli\/(?:render-)?advi[cs]e(?!-flags)|log-gaps/],
  ['compare', /compare(?!-flags)|period/],
  ['plan', /(?:cli|derive)\/(?:render-)?plan\.ts$/],
  ['demo', /^demo\/|cli\/demo/],
  ['check-config', /check-config|try-formats|check-named-files/],
  ['audit', /^audit\/(?:checks|catalog|run-audit|apache-view|nginx-view|render)|audit-files/],
  [
    'check-keepalive',
    /http1-connection|http2-connection|(?:check|probe)-keepalive(?!-flags)|keepalive-report\.ts$(?<!snapshot\/keepalive-report\.ts)/,
  ],
  ['completion', /cli\/completion\.ts$/],
])('serve does not load what only %s needs: in a pod it is memory', (_, pattern) => {
  expect(loaded.filter((file) => pattern.test(file))).toEqual([]);
});
