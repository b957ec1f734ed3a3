import { parseDocument, stringify, YAMLMap, YAMLSeq } from 'yaml';
import type { RenderedFile, RenderedGroup, RenderedRule, Rule } from './render-rules.ts';

const asWritten = { lineWidth: 0 } as const;

/** The text of a rule file for Prometheus, with the comments of its template. */
export function writePlainRules({ file, groups }: RenderedFile, source: string): string {
  const document = parseDocument(file.source);
  const nodes = document.get('groups');
  if (!(nodes instanceof YAMLSeq)) throw new Error(`${file.name} has no groups`);
  nodes.items = nodes.items.filter((node, index) => {
    const group = groups[index];
    return group !== undefined && node instanceof YAMLMap && replaceRules(node, group);
  });
  const notice = ` Generated from alerts/templates/${file.name} and ${source}; do not edit.`;
  document.commentBefore = [notice, document.commentBefore].filter(Boolean).join('\n');
  return document.toString(asWritten);

  function replaceRules(node: YAMLMap, { rendered }: RenderedGroup): boolean {
    const rules = node.get('rules');
    if (!(rules instanceof YAMLSeq)) throw new Error(`${file.name}: a group has no rules`);
    rules.items = rules.items.flatMap((item, index) => createNodes(item, rendered[index]));
    return rules.items.length > 0;
  }

  function createNodes(item: unknown, rendered: RenderedRule | undefined) {
    const nodes = (rendered?.rules ?? []).map((rule) => document.createNode(rule));
    const [first] = nodes;
    if (first !== undefined && item instanceof YAMLMap) {
      first.commentBefore = item.commentBefore ?? null;
    }
    return nodes;
  }
}

/** kube-prometheus-stack selects rules by the last of these labels, the name of its release. */
const ruleLabels = {
  'app.kubernetes.io/name': 'keepalive-exporter',
  'app.kubernetes.io/instance': 'keepalive-exporter',
  release: 'kube-prometheus-stack',
};

/** The same rules as an object of the Prometheus Operator. Links without a base URL are omitted. */
export function writePrometheusRule(files: readonly RenderedFile[], source: string): string {
  const groups = listGroups(files).map((group) => ({
    ...group,
    rules: group.rules.map(withLinks),
  }));
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'keepalive-exporter', labels: ruleLabels },
    spec: { groups },
  };
  return `# Generated from alerts/templates/ and ${source}; do not edit.\n${stringify(rule, asWritten)}`;
}

/** A link starts with a slash if its base, a value of the configuration, is empty. */
function withLinks(rule: Rule): Rule {
  if (rule.annotations === undefined) return rule;
  const kept = Object.entries(rule.annotations).filter(([, text]) => !text?.startsWith('/'));
  return { ...rule, annotations: Object.fromEntries(kept) };
}

/** The groups that have rules, in the form that Prometheus reads. */
export function listGroups(files: readonly RenderedFile[]) {
  return files
    .flatMap(({ groups }) => groups)
    .map(({ name, interval, rendered }) => ({
      name,
      interval,
      rules: rendered.flatMap(({ rules }) => rules),
    }))
    .filter(({ rules }) => rules.length > 0);
}
