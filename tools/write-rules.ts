import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderRules } from './rules/render-rules.ts';
import { parseRuleConfig } from './rules/rule-config.ts';
import { readTemplates } from './rules/rule-templates.ts';
import { writePlainRules, writePrometheusRule } from './rules/write-rules.ts';

/**
 * `npm run rules -- --config=FILE --into=DIRECTORY`: the rules with the user's values, as files for Prometheus or,
 * with `--operator`, as a PrometheusRule. FILE contains the keys of alerts/config.yml that differ.
 */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    into: { type: 'string' },
    operator: { type: 'boolean', default: false },
  },
});

const { config = '', into = '', operator } = values;
if (config === '' || into === '') {
  console.error('usage: npm run rules -- --config=FILE --into=DIRECTORY [--operator]');
  process.exitCode = 2;
} else {
  try {
    mkdirSync(into, { recursive: true });
    for (const [name, text] of renderFiles()) {
      writeFileSync(join(into, name), text);
      console.log(join(into, name));
    }
  } catch (error) {
    console.error(
      `Cannot write rules from "${config}": ${error instanceof Error ? error.message : error}`,
    );
    process.exitCode = 1;
  }
}

function renderFiles(): ReadonlyMap<string, string> {
  const files = renderRules(readTemplates(), parseRuleConfig(readFileSync(config, 'utf8')));
  if (operator) return new Map([['prometheus-rule.yaml', writePrometheusRule(files, config)]]);
  return new Map(files.map((file) => [file.file.name, writePlainRules(file, config)]));
}
