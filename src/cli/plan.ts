import { derivePlan, type PlanQuestion } from '../derive/plan.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type CommandFlags,
  type CommandFlagTable,
  parseCommandFlags,
  renderCommandHelp,
} from './command-flags.ts';
import type { CliIo } from './io.ts';
import { readAmount, readBytes, readSeconds, readWhole } from './read-quantity.ts';
import { renderPlan } from './render-plan.ts';

export const planFlags = {
  slots: {
    value: 'N',
    help: 'Slots: MaxRequestWorkers, or worker_processes x worker_connections.',
  },
  hold: { value: 'DURATION', help: 'How long a visitor holds a slot: page load and idle timeout.' },
  rate: { value: 'N', help: 'New visitors per second at the peak.' },
  average: {
    value: 'N',
    help: 'New visitors per second in the busiest hour; the peak is 2 to 3 times it.',
  },
  connections: {
    value: 'N',
    default: '1',
    help: 'Connections a visitor opens at once; browsers open 3 to 6.',
  },
  timeout: { value: 'DURATION', help: 'Keep-alive timeout: the idle part of --hold.' },
  memory: { value: 'SIZE', help: 'Memory for all workers, such as 4GiB.' },
  'slot-memory': { value: 'SIZE', help: 'Memory of one worker, such as 48MiB (its PSS).' },
  requests: { value: 'N', help: 'Requests per second of all clients: counts handshake packets.' },
  clients: { value: 'N', help: 'Clients that send --requests.' },
  'connection-time': {
    value: 'DURATION',
    default: '1s',
    help: 'How long each client keeps a connection.',
  },
} as const satisfies CommandFlagTable;

type PlanFlags = CommandFlags<typeof planFlags>;

const introduction = `keepalive-exporter plan: the arithmetic of slots, slots = visitors per second x hold time.
Give two of --slots, --hold and --rate, and the third follows.`;

/** Prints what follows from the figures given; exit code 1 when the plan does not hold, 2 when nothing follows. */
export async function plan(args: readonly string[], io: CliIo): Promise<number> {
  const parsed = parseCommandFlags(planFlags, args);
  if (!parsed.ok) return wrongUse(parsed.error, io);
  if (parsed.value.help) {
    io.stdout(renderCommandHelp(introduction, planFlags));
    return 0;
  }
  const question = readQuestion(parsed.value.flags);
  if (!question.ok) return wrongUse(question.error, io);
  const result = derivePlan(question.value);
  const json = parsed.value.output === 'json';
  io.stdout(json ? `${JSON.stringify(result, null, 2)}\n` : renderPlan(result));
  return result.findings.length === 0 ? 0 : 1;
}

function wrongUse(problem: string, io: CliIo): number {
  io.stderr(`keepalive-exporter plan: ${problem}\nSee keepalive-exporter plan --help.\n`);
  return 2;
}

const readers = {
  slots: readWhole,
  hold: readSeconds,
  rate: readAmount,
  average: readAmount,
  connections: readAmount,
  timeout: readSeconds,
  memory: readBytes,
  'slot-memory': readBytes,
  requests: readAmount,
  clients: readWhole,
  'connection-time': readSeconds,
} as const satisfies Record<keyof typeof planFlags, (text: string) => Result<number, string>>;

type Values = Partial<Record<keyof typeof planFlags, number>>;

function readQuestion(flags: PlanFlags): Result<PlanQuestion, string> {
  const values: Values = {};
  for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
    const text = flags[name]?.[0];
    if (text === undefined) continue;
    const value = readers[name](text);
    if (!value.ok) return err(`--${name}="${text}": ${value.error}`);
    values[name] = value.value;
  }
  const problem = problemOf(values);
  return problem === undefined ? ok(questionOf(values)) : err(problem);
}

/** Above it the arithmetic would take minutes. */
const largestLoad = 10_000_000;

function problemOf(values: Values): string | undefined {
  const { rate, average, hold, requests, clients, connections = 1 } = values;
  if (rate !== undefined && average !== undefined) return 'give --rate or --average, not both';
  if ((requests === undefined) !== (clients === undefined)) {
    return 'handshakes need both --requests and --clients';
  }
  if ((rate ?? (average ?? 0) * 3) * (hold ?? 0) * connections > largestLoad) {
    return `--rate x --connections x --hold is above ${largestLoad} slots`;
  }
  if (hold !== undefined && (values.timeout ?? 0) > hold) {
    return '--timeout is part of --hold and cannot be longer';
  }
  return answersSomething(values)
    ? undefined
    : 'give two of --slots, --hold and --rate; or --memory with --slot-memory; or --requests with --clients';
}

function answersSomething(values: Values): boolean {
  const fits = values.memory !== undefined && values['slot-memory'] !== undefined;
  const slots = values.slots !== undefined || fits;
  const rate = values.rate !== undefined || values.average !== undefined;
  const known = [slots, rate, values.hold !== undefined].filter(Boolean).length;
  return known >= 2 || fits || values.requests !== undefined;
}

function questionOf(values: Values): PlanQuestion {
  const { requests, clients, connections = 1 } = values;
  const named = {
    slots: values.slots,
    holdSeconds: values.hold,
    visitorsPerSecond: values.rate,
    averageVisitorsPerSecond: values.average,
    timeoutSeconds: values.timeout,
    memoryBytes: values.memory,
    slotBytes: values['slot-memory'],
  };
  const known = Object.entries(named).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    connectionsPerVisitor: connections,
    ...(requests === undefined || clients === undefined
      ? {}
      : {
          handshakes: {
            requestsPerSecond: requests,
            clients,
            connectionSeconds: values['connection-time'] ?? 1,
          },
        }),
  };
}
