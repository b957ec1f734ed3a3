import { type CommandFlagTable, outputFlag } from './command-flags.ts';

export const compareFlags = {
  'prometheus.url': {
    value: 'URL',
    help: 'Prometheus that scrapes the exporter; user:password@ is sent as Basic.',
  },
  target: { value: 'NAME', help: 'The target, as named in the configuration.' },
  match: { value: 'MATCHERS', help: 'More label matchers, such as instance="web1:9921".' },
  before: {
    value: 'RANGE',
    help: 'START/END: 2026-11-21T10:00Z/2h, now-3h/now-2h. Without it: --window before the last configuration change.',
  },
  after: { value: 'RANGE', help: 'The same after the change.' },
  window: {
    value: 'DURATION',
    default: '1h',
    help: 'How long before and after the last configuration change.',
  },
  lookback: {
    value: 'DURATION',
    default: '7d',
    help: 'How far back to look for the last configuration change.',
  },
  step: {
    value: 'DURATION',
    help: 'Length of a sample; from Prometheus at least twice the scrape interval.',
  },
  'before-log': {
    value: 'FILE',
    multiple: true,
    help: 'Access log from before, plain or gzip; may be repeated. In place of Prometheus.',
  },
  'after-log': { value: 'FILE', multiple: true, help: 'Access log from after.' },
  format: {
    value: 'FORMAT',
    default: 'combined',
    help: 'Format of the logs: a name, or a log_format or LogFormat.',
  },
  'timeout-before': {
    value: 'DURATION',
    help: 'Keep-alive timeout before, where the metrics do not tell it; of logs that tell connections it gives the slots held.',
  },
  'timeout-after': { value: 'DURATION', help: 'Keep-alive timeout after.' },
  seed: {
    value: 'N',
    default: '1',
    help: 'Seed of the bootstrap: the same seed gives the same intervals.',
  },
  output: outputFlag,
} as const satisfies CommandFlagTable;
