import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly Record<string, unknown>[];
  }[];
}

/** How long an alert must hold in the drill, whatever the rule says: a drill has no quarter of an hour. */
export const shortFor = '2s';

/**
 * The shipped rules with their waits cut short and their windows of minutes made windows of ten seconds; what they ask
 * for stays what it is. A verdict read every 5 s for 3 minutes is read every 200 ms for 8 s: the 13 readings that it
 * takes to page are 2.4 s instead of a minute.
 */
export function writeShortRules(rulesDirectory: string, into: string): readonly string[] {
  return readdirSync(rulesDirectory)
    .filter((name) => name.endsWith('.rules.yml'))
    .map((name) => {
      const file = parse(readFileSync(join(rulesDirectory, name), 'utf8')) as RuleFile;
      const groups = file.groups.map((group) => ({
        ...group,
        interval: '1s',
        rules: group.rules.filter((rule) => !isBudgetAlert(rule)).map(shorten),
      }));
      const path = join(into, name);
      writeFileSync(path, stringify({ groups }));
      return path;
    });
}

/** What a drill does to servers would spend any budget; the dashboards read what is recorded beside. */
function isBudgetAlert({ alert }: Record<string, unknown>): boolean {
  return String(alert).endsWith('BudgetBurn');
}

function shorten(rule: Record<string, unknown>): Record<string, unknown> {
  const expr = String(rule['expr'])
    .replaceAll('[3m:5s]', '[8s:200ms]')
    .replace(/\[(?:5m|10m|2m)\]/g, '[10s]');
  return {
    ...rule,
    expr,
    ...(rule['for'] === undefined ? {} : { for: shortFor }),
    ...(rule['keep_firing_for'] === undefined ? {} : { keep_firing_for: '1s' }),
  };
}
