import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { repository } from '../support/doc-blocks.ts';

const page = readFileSync(join(repository, 'docs/dashboards.md'), 'utf8');

describe.each([...allDashboards])('docs/dashboards.md on %s', (name, { description = '' }) => {
  test('has its question', () => {
    expect(page).toContain(`| \`keepalive-${name}.json\` | ${description} |`);
  });

  test.each([
    ['rest', 'at rest'],
    ['flood', 'at the flood'],
  ])('has a picture at %s that says how it was drawn', (moment, words) => {
    const file = `images/dashboards/keepalive-${name}-${moment}.png`;
    expect(page).toContain(
      `![keepalive-${name} ${words}, drawn with Grafana's components](${file})`,
    );
    expect(existsSync(join(repository, 'docs', file))).toBe(true);
  });
});
