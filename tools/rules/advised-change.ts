const sameTarget = ['cluster', 'job', 'instance', 'target']
  .map((label) => `(eq .Labels.${label} $labels.${label})`)
  .join(' ');

/** A sentence for each row of a query that is about the alert's target; nothing where there is none. */
function sentence(query: string, text: string): string {
  // In backquotes: with double quotes two writers of YAML differ about how to quote the whole.
  return `{{ range query \`${query}\` }}{{ if and ${sameTarget} }} ${text}{{ end }}{{ end }}`;
}

/**
 * What to change about the target of an alert, where the exporter advises a change. Labels are compared in the
 * template, since a name of a target put into a query could end its string.
 */
export const advisedChange = [
  sentence(
    "webserver_advised_keepalive_timeout_seconds != ignoring (source) webserver_keepalive_timeout_seconds{source!='probe'}",
    'Advised: a keep-alive timeout of {{ .Value }} s.',
  ),
  sentence(
    "webserver_advised_slots > max without (kind, source) (webserver_slots_limit{kind='worker'} or webserver_slots_limit{server='nginx'})",
    'Advised: {{ .Value }} slots.',
  ),
].join('');
