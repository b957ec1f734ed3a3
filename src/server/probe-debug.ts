interface DebuggedProbe {
  readonly target: string;
  readonly module: string | undefined;
  readonly deadlineMilliseconds: number;
  readonly seconds: number;
  /** YAML, without secrets. */
  readonly configuration: string;
}

/** The answer to `/probe?debug=true`, in the three parts of blackbox_exporter's answer. */
export function renderProbeDebug(probe: DebuggedProbe, metrics: string): string {
  const { target, module, deadlineMilliseconds, seconds, configuration } = probe;
  return [
    'Logs for the probe:',
    `target=${JSON.stringify(target)} module=${JSON.stringify(module ?? '')} deadline=${deadlineMilliseconds / 1000}s duration=${seconds.toFixed(3)}s`,
    ...metrics
      .split('\n')
      .filter((line) =>
        /^(?:probe_success|webserver_(?:up|scrape_result))\b.* 1$|^probe_success/.test(line),
      ),
    '',
    'Metrics that would have been returned:',
    metrics,
    module === undefined ? 'Target configuration:' : 'Module configuration:',
    configuration,
  ].join('\n');
}
