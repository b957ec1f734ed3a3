import { slotPalette } from '../../src/page/slot-palette.ts';
import type { ConnectionActivity } from '../../src/snapshot/connections.ts';
import type { SlotState } from '../../src/snapshot/slots.ts';

/**
 * Colours by meaning. From the Okabe-Ito set, except `bad`: its vermilion looks like the orange of `warning`. A test
 * checks that colour-blind people can distinguish good, warning, bad and neutral. Baseline and limit are similar to some
 * of them with deuteranopia: a word or a dashed line shows what they are.
 */
export const meaning = {
  good: '#009E73',
  warning: '#E69F00',
  bad: '#E02F44',
  /** A figure that is neither good nor bad. */
  neutral: '#56B4E9',
  /** An earlier value, beside the current one. */
  baseline: '#999999',
  limit: '#CC79A7',
} as const;

/** Classes of status codes. */
export const codeColors = {
  '1xx': '#AA7BC3',
  '2xx': '#009E73',
  '3xx': '#56B4E9',
  '4xx': '#E69F00',
  '5xx': '#E02F44',
} as const;

/** Windows of burn rates: the shortest has the strongest colour. */
export const windowColors = {
  '5 m': meaning.bad,
  '1 h': meaning.warning,
  '6 h': meaning.neutral,
  '1 d': meaning.baseline,
} as const;

/** A current share, and the same share a day before in a darker shade. */
export const abortColors = {
  '408 timed out': meaning.warning,
  '408 a day before': '#7D5A00',
  '499 gave up': meaning.limit,
  '499 a day before': '#6B3A57',
} as const;

/** From light to dark, so that the order is visible without colours. */
export const quantileColors = { p50: '#56B4E9', p95: '#E69F00', p99: '#E02F44' } as const;

export interface Band {
  readonly label: string;
  readonly states: readonly SlotState[];
  readonly color: string;
}

/** Bands with another colour than on the page of the exporter, because here they are next to a similar one. */
const ofBands = { active: '#5B4FC4', sending: '#928E42', closing: '#999999' } as const;

const band = (label: string, ...states: readonly [SlotState, ...SlotState[]]): Band => ({
  label,
  states,
  color: slotPalette[states[0]].color,
});

/**
 * The slots by use, from the bottom of a stack: idle clients, slow clients, requests at work, closing, free. `active` is
 * the kernel's state for a request that is being read or handled.
 */
export const slotBands: readonly Band[] = [
  band('idle clients (keep-alive)', 'keepalive'),
  band('reading a request', 'reading'),
  { ...band('reading or serving (kernel)', 'active'), color: ofBands.active },
  band('at work', 'writing', 'working'),
  { ...band('sending', 'writing_async', 'wait_io'), color: ofBands.sending },
  {
    ...band('closing and finishing', 'closing', 'graceful', 'logging', 'dns', 'cleanup'),
    color: ofBands.closing,
  },
  band('unknown', 'unknown'),
  band('free', 'idle', 'starting', 'open', 'free'),
];

export const bandColors: Readonly<Record<string, string>> = Object.fromEntries(
  slotBands.map(({ label, color }) => [label, color]),
);

/** Connections by activity, from the kernel. The first bands are the most likely causes of a full server. */
export const activityBands: readonly (Omit<Band, 'states'> & {
  readonly activity: ConnectionActivity;
})[] = [
  { label: 'idle clients (keep-alive)', activity: 'idle', color: slotPalette.keepalive.color },
  { label: 'silent: no byte sent', activity: 'silent', color: slotPalette.unknown.color },
  { label: 'reading or serving', activity: 'active', color: ofBands.active },
  { label: 'sending: slow download', activity: 'sending', color: ofBands.sending },
  { label: 'closing', activity: 'closing', color: ofBands.closing },
  { label: 'waiting to be accepted', activity: 'queued', color: meaning.bad },
];

export const activityColors: Readonly<Record<string, string>> = Object.fromEntries(
  activityBands.map(({ label, color }) => [label, color]),
);

/** The states of a target, by the numbers of stateOf(): the higher, the worse. */
export const targetStates = [
  { text: 'has room', color: meaning.good },
  { text: 'NO DATA', color: meaning.baseline },
  { text: 'PAGE UNREADABLE', color: '#A352CC' },
  { text: 'NO ANSWER', color: '#B0405A' },
  { text: 'FULL', color: meaning.bad },
] as const;

/** Grafana's ids of units. */
export const unit = {
  ratio: 'percentunit',
  seconds: 's',
  requestsPerSecond: 'reqps',
  eventsPerSecond: 'eps',
  bytes: 'bytes',
  bytesPerSecond: 'binBps',
  count: 'short',
  /** Burn rates: 1 spends exactly the budget. */
  factor: 'suffix:×',
  text: 'none',
} as const;

export type Unit = (typeof unit)[keyof typeof unit];

/** The colour for values from `from`; `undefined` is the start of the scale. */
export interface Step {
  readonly from: number | undefined;
  readonly color: string;
}

export interface Limits {
  readonly warning: number;
  readonly bad: number;
}

/** Too much is bad. */
export function risingSteps({ warning, bad }: Limits): readonly Step[] {
  return [
    { from: undefined, color: meaning.good },
    { from: warning, color: meaning.warning },
    { from: bad, color: meaning.bad },
  ];
}

/** For a figure that can show a problem, but a low value of which proves nothing: green becomes neutral. */
function withoutPraise(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) =>
    step.color === meaning.good ? { ...step, color: meaning.neutral } : step,
  );
}

/** Too little is bad: below `bad` it is bad, below `warning` it is a warning. */
export function fallingSteps({ warning, bad }: Limits): readonly Step[] {
  return [
    { from: undefined, color: meaning.bad },
    { from: bad, color: meaning.warning },
    { from: warning, color: meaning.good },
  ];
}

/**
 * The thresholds of all dashboards. They follow the alert rules: a panel is orange near a ticket and red near a page.
 */
export const thresholds = {
  none: [{ from: undefined, color: meaning.neutral }],
  /** Anything above zero is bad. */
  zero: [
    { from: undefined, color: meaning.good },
    { from: 1, color: meaning.bad },
  ],
  /** 1 is good, 0 is bad. */
  yes: [
    { from: undefined, color: meaning.bad },
    { from: 1, color: meaning.good },
  ],
  /** A burst of twice the average needs 20 % free slots; 5 % are filled within a scrape interval. */
  saturation: risingSteps({ warning: 0.8, bad: 0.95 }),
  // Not green when low: it is also low when slow requests fill a server.
  keepaliveOccupancy: withoutPraise(risingSteps({ warning: 0.5, bad: 0.8 })),
  /** nginx closes idle connections when fewer than 1/16 are free: above 0.9375 of the limit. */
  connectionOccupancy: risingSteps({ warning: 0.85, bad: 0.9375 }),
  /** Share of the time in which the server was full. */
  fullTime: withoutPraise(risingSteps({ warning: 0.01, bad: 0.1 })),
  headroom: fallingSteps({ warning: 5, bad: 2 }),
  /** Connections that are not accepted yet: in any burst some pass through the queue. */
  waiting: withoutPraise(risingSteps({ warning: 1, bad: 10 })),
  // Not green when low: a full server logs no errors, because visitors who wait are not in the log.
  errorShare: withoutPraise(risingSteps({ warning: 0.01, bad: 0.05 })),
  abortShare: withoutPraise(risingSteps({ warning: 0.02, bad: 0.05 })),
  latency: withoutPraise(risingSteps({ warning: 0.5, bad: 1 })),
  /** The status page is about one kilobyte: a poll of one second has waited for a worker. */
  statusFetch: risingSteps({ warning: 0.25, bad: 1 }),
  queueFill: risingSteps({ warning: 0.5, bad: 0.9 }),
  anyRate: withoutPraise(risingSteps({ warning: 0.001, bad: 1 })),
  unparsedShare: risingSteps({ warning: 0.01, bad: 0.1 }),
  logLagBytes: risingSteps({ warning: 1_048_576, bad: 104_857_600 }),
  logAge: risingSteps({ warning: 300, bad: 1_800 }),
  oneClient: risingSteps({ warning: 20, bad: 50 }),
  oldestKeepalive: risingSteps({ warning: 15, bad: 60 }),
  fileShare: risingSteps({ warning: 0.7, bad: 0.9 }),
  requestsPerConnection: withoutPraise(fallingSteps({ warning: 2, bad: 1.2 })),
  /** Seconds since the start of the server. */
  uptime: fallingSteps({ warning: 3_600, bad: 300 }),
  // Not green when high: visitors who wait at a full server are not in the log and spend no budget.
  budgetLeft: withoutPraise(fallingSteps({ warning: 0.25, bad: 0 })),
  /** Share of the time with a free slot: the availability objective, and ten times its allowed failures. */
  room: withoutPraise(fallingSteps({ warning: 0.999, bad: 0.99 })),
  /** Google SRE workbook, chapter 5: 6 burns 5 % of a month in 6 h, 14.4 burns 2 % in 1 h. */
  burnRate: withoutPraise(risingSteps({ warning: 6, bad: 14.4 })),
  slowBurnRate: risingSteps({ warning: 1, bad: 3 }),
  eventLoopLag: risingSteps({ warning: 0.05, bad: 0.25 }),
  exporterMemory: risingSteps({ warning: 209_715_200, bad: 419_430_400 }),
  exporterCpu: risingSteps({ warning: 0.25, bad: 0.8 }),
  checkpointAge: risingSteps({ warning: 60, bad: 600 }),
} as const satisfies Record<string, readonly Step[]>;
