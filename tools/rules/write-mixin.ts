import type { RuleConfig } from './rule-config.ts';
import type { TemplateFile } from './rule-templates.ts';

const notice = (source: string) =>
  `// Generated from ${source} by \`npm run generate\`; do not edit.\n`;

/** The templates as jsonnet. alerts/mixin/render.libsonnet fills them. */
export function writeMixinTemplates(files: readonly TemplateFile[]): string {
  const groups = files.flatMap((file) => file.groups);
  return `${notice('alerts/templates/')}${JSON.stringify(groups, null, 2)}\n`;
}

/** The shipped configuration as the mixin's `_config`. */
export function writeMixinConfig(config: RuleConfig): string {
  return `${notice('alerts/config.yml')}{\n  _config+:: ${JSON.stringify(config, null, 2).replaceAll('\n', '\n  ')},\n}\n`;
}

/** The mixin itself. Its dashboards are the committed ones. */
export function writeMixin(dashboards: readonly string[]): string {
  const imports = dashboards.map((name) => `    '${name}': import 'dashboards/${name}',`);
  return `${notice('tools/rules/write-mixin.ts')}// A monitoring mixin: alerts/README.md describes its use and configuration.
(import 'alerts/mixin/config.libsonnet') +
(import 'alerts/mixin/rules.libsonnet') +
{
  grafanaDashboards+:: {
${imports.join('\n')}
  },
}
`;
}
