import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { renderManPage } from '../../tools/render-man.ts';

test('the man page has every command and flag, in ASCII, with searchable hyphens', () => {
  const page = renderManPage('1.2.3');
  expect(page).toMatch(/^[\n\x20-\x7e]*$/);
  for (const [name, { flags }] of Object.entries(commands)) {
    expect(page).toContain(`.SS ${name.replaceAll('-', '\\-')}`);
    for (const flag of Object.keys(flags)) {
      expect(page).toContain(`\\-\\-${flag.replaceAll('-', '\\-')}`);
    }
  }
});
