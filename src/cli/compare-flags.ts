import { type CommandFlagTable, outputFlag } from './command-flags.ts';

export const compareFlags = {
  'prometheus.url': {
    value: 'URL',
    help: 'Prometheus that scrapes the exporter; user:password@ is sent as basic authentication.',
  },
  target: { value: 'NAME', help: 'Name of the target in the configuration.' },
  match: { value: 'MATCHERS', help: 'More label matchers, such as instance="web1:9921".' },
  before: {
    value: 'RANGE',
    help: 'START/END, such as 2026-11-21T10:00Z/2h or now-3h/now-2h. Default: --window before the last configuration change.',
  },
  after: {
    value: 'RANGE',
    help: 'The period after the change, in the same form. Default: --window after that change.',
  },
  window: {
    value: 'DURATION',
    default: '1h',
    help: 'Length of the periods before and after the last configuration change.',
  },
  lookback: {
    value: 'DURATION',
    default: '7d',
    help: 'How far back to search for the last configuration change.',
  },
  step: {
    value: 'DURATION',
    help: 'Length of a sample. Default: 60s; with Prometheus longer for a slow scrape interval or long periods.',
  },
  'before-log': {
    value: 'FILE',
    multiple: true,
    help: 'Access log of the time before the change, plain or gzip, instead of Prometheus; may be repeated.',
  },
  'after-log': {
    value: 'FILE',
    multiple: true,
    help: 'Access log of the time after the change; may be repeated.',
  },
  format: {
    value: 'FORMAT',
    default: 'combined',
    help: 'Format of the logs: a name, or a log_format or LogFormat.',
  },
  'timeout-before': {
    value: 'DURATION',
    help: 'Keep-alive timeout before the change, if the metrics do not contain it. Required to calculate slots from logs that identify connections.',
  },
  'timeout-after': { value: 'DURATION', help: 'Keep-alive timeout after the change, likewise.' },
  seed: {
    value: 'N',
    default: '1',
    help: 'Seed of the bootstrap: the same seed gives the same intervals.',
  },
  output: outputFlag,
} as const satisfies CommandFlagTable;
