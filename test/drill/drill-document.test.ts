import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { renderFleetResults, renderSceneResults, replacePart } from '../../drill/drill-document.ts';

const document = readFileSync(
  fileURLToPath(new URL('../../docs/exhaustion-drill.md', import.meta.url)),
  'utf8',
);

const scene = {
  scene: 'Slowloris on prefork',
  arrived: [{ alert: 'WebserverExhausted/prefork', seconds: 3.94 }],
  missing: [],
  wrong: [],
  unresolved: [],
  ours: 'up 0, exhausted 1 (accept_queue)',
  theirs: 'no answer | lost',
};

test('renderSceneResults() has a row for each scene, and the machine below', () => {
  const quiet = { ...scene, scene: 'a quiet night', arrived: [] };
  expect(renderSceneResults([scene, quiet], 'Measured today.')).toBe(
    [
      '| scene | arrived after | keepalive-exporter | peer |',
      '| --- | --- | --- | --- |',
      '| Slowloris on prefork | WebserverExhausted 3.9 s | up 0, exhausted 1 (accept\\_queue) | no answer \\| lost |',
      '| a quiet night | nothing, as expected | up 0, exhausted 1 (accept\\_queue) | no answer \\| lost |',
      '',
      'Measured today.',
      '',
    ].join('\n'),
  );
});

test('renderFleetResults() shows what fired beside what must and may fire', () => {
  const results = [{ scene: 'lost', fired: ['Down/a', 'Slow/a'], missing: [], wrong: [] }];
  const scenes = [{ name: 'lost', must: ['Down/a'], may: ['Slow/a', 'Late/a'] }];
  expect(renderFleetResults(results, scenes, 'Measured today.')).toContain(
    '| lost | Down, Slow | Down | Slow, Late |',
  );
});

test.each(['scenes', 'fleet'] as const)(
  'replacePart() replaces the part "%s" of the document, and nothing around it',
  (part) => {
    const once = replacePart(document, part, 'new\n');
    expect(once).toContain(`<!-- begin: ${part}, written by the drill -->\n\nnew\n\n<!-- end:`);
    expect(once).toContain('# The exhaustion drill');
    expect(once).toContain('Scenes that take hours');
    expect(replacePart(once, part, 'new\n')).toBe(once);
  },
);

test('replacePart() refuses a document without the part', () => {
  expect(() => replacePart('nothing', 'fleet', '')).toThrow('has no part "fleet"');
});
