const sameTarget = ['cluster', 'job', 'instance', 'target']
  .map((label) => `(eq .Labels.${label} $labels.${label})`)
  .join(' ');

/** A sentence for each row of a query that belongs to the target of the alert. */
function sentence(query: string, text: string): string {
  // In backquotes: two YAML writers quote text with double quotes differently.
  return `{{ range query \`${query}\` }}{{ if and ${sameTarget} }} ${text}{{ end }}{{ end }}`;
}

/**
 * The change that the exporter advises for the target of an alert. The template compares the labels, because the name of
 * a target inserted into a query could end its string.
 */
export const advisedChange = [
  sentence(
    "webserver_advised_keepalive_timeout_seconds != ignoring (source) webserver_keepalive_timeout_seconds{source!='probe'}",
    'Advised: {{ if .Value }}a keep-alive timeout of {{ .Value }} s{{ else }}keep-alive off{{ end }}.',
  ),
  sentence(
    "webserver_advised_slots > max without (kind, source) (webserver_slots_limit{kind='worker'} or webserver_slots_limit{server='nginx'})",
    // Without a format a million is 1e+06. The template text doubles percent signs.
    'Advised: {{ printf `%%.0f` .Value }} slots.',
  ),
].join('');
