import { derivePlan, type PlanQuestion } from '../derive/plan.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { CommandArguments, CommandFlags } from './command-flags.ts';
import type { CliIo } from './io.ts';
import type { planFlags } from './plan-flags.ts';
import { type ReadNumber, readNumbers } from './read-numbers.ts';
import { readAmount, readBytes, readSeconds, readWhole } from './read-quantity.ts';
import { renderPlan } from './render-plan.ts';
import { wrongUse } from './wrong-use.ts';

type PlanFlags = CommandFlags<typeof planFlags>;
type PlanFigure = Exclude<keyof typeof planFlags, 'output'>;

/** Prints the plan for the given figures. Exit code 1 when the plan does not hold, 2 when figures are missing. */
export async function plan({ flags }: CommandArguments<typeof planFlags>, io: CliIo) {
  const question = readQuestion(flags);
  if (!question.ok) return wrongUse('plan', question.error, io);
  const result = derivePlan(question.value);
  const json = flags.output?.[0] === 'json';
  io.stdout(json ? `${JSON.stringify(result, null, 2)}\n` : renderPlan(result));
  return result.findings.length === 0 ? 0 : 1;
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
} as const satisfies Record<PlanFigure, ReadNumber>;

type Values = Partial<Record<PlanFigure, number>>;

function readQuestion(flags: PlanFlags): Result<PlanQuestion, string> {
  const values = readNumbers(readers, flags);
  if (!values.ok) return values;
  const problem = problemOf(values.value);
  return problem === undefined ? ok(questionOf(values.value)) : err(problem);
}

/** Above them the calculation would take minutes. */
const maximumLoad = 10_000_000;
const maximumSlots = 1_000_000;

function problemOf(values: Values): string | undefined {
  const { rate, average, hold, requests, clients, connections = 1 } = values;
  if (rate !== undefined && average !== undefined) return 'give --rate or --average, not both';
  if ((requests === undefined) !== (clients === undefined)) {
    return 'handshakes need both --requests and --clients';
  }
  if ((rate ?? (average ?? 0) * 3) * (hold ?? 0) * connections > maximumLoad) {
    return `--rate x --connections x --hold is above ${maximumLoad} slots, the maximum`;
  }
  const fitting = problemOfMemory(values);
  if (fitting !== undefined) return fitting;
  if (hold !== undefined && (values.timeout ?? 0) > hold) {
    return '--timeout is part of --hold and cannot be longer';
  }
  return answersSomething(values)
    ? undefined
    : 'give two of --slots, --hold and --rate; or --memory with --slot-memory; or --requests with --clients';
}

/** --slots says itself how many there are. */
function problemOfMemory(values: Values): string | undefined {
  const { slots, memory, 'slot-memory': slotMemory } = values;
  if (slots !== undefined || memory === undefined || slotMemory === undefined) return undefined;
  if (memory < slotMemory) return '--memory is too small for one worker of --slot-memory';
  return memory / slotMemory > maximumSlots
    ? `--memory / --slot-memory is above ${maximumSlots} slots, the maximum`
    : undefined;
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
  const connectionSeconds = values['connection-time'] ?? 1;
  return {
    ...present({
      handshakes:
        requests === undefined || clients === undefined
          ? undefined
          : { requestsPerSecond: requests, clients, connectionSeconds },
      slots: values.slots,
      holdSeconds: values.hold,
      visitorsPerSecond: values.rate,
      averageVisitorsPerSecond: values.average,
      timeoutSeconds: values.timeout,
      memoryBytes: values.memory,
      slotBytes: values['slot-memory'],
    }),
    connectionsPerVisitor: connections,
  };
}
