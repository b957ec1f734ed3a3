import { parse, Scalar, stringify } from 'yaml';
import { z } from 'zod';

const inhibitRule = z.strictObject({
  source_matchers: z.array(z.string()),
  target_matchers: z.array(z.string()),
  equal: z.array(z.string()),
});

const configSchema = z.object({ inhibit_rules: z.array(inhibitRule) });

/**
 * The inhibitions of alertmanager.yml as an AlertmanagerConfig. It has no route and no receiver on purpose: the cluster
 * decides who is notified, and no Secret has to exist.
 */
export function writeAlertmanagerConfig(source: string): string {
  const { inhibit_rules } = configSchema.parse(parse(source));
  const object = {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    metadata: {
      name: 'keepalive-exporter',
      labels: {
        'app.kubernetes.io/name': 'keepalive-exporter',
        'app.kubernetes.io/instance': 'keepalive-exporter',
      },
    },
    spec: {
      inhibitRules: inhibit_rules.map(({ source_matchers, target_matchers, equal }) => ({
        sourceMatch: source_matchers.map(parseMatcher),
        targetMatch: target_matchers.map(parseMatcher),
        equal,
      })),
    },
  };
  const notice = '# Generated from alerts/alertmanager/alertmanager.yml; do not edit.\n';
  return notice + stringify(object, { lineWidth: 0 });
}

function parseMatcher(matcher: string) {
  const [, name, matchType, value] = /^(\w+) (=~|=) "?([^"]*)"?$/.exec(matcher) ?? [];
  if (name === undefined) throw new Error(`Cannot read the matcher "${matcher}"`);
  return { name, matchType: quoted(matchType), value };
}

/** A bare `=` is a tag of its own in YAML 1.1, and readers such as PyYAML (Ansible) refuse it. */
function quoted(text: string | undefined): Scalar {
  const scalar = new Scalar(text);
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}
