import { adviceJson } from '../derive/advice-json.ts';
import { adviseKeepalive } from '../derive/advise-keepalive.ts';
import { readLogGaps } from '../pipeline/read-log-gaps.ts';
import type { Advice } from '../snapshot/advice.ts';
import {
  type AdviseQuestion,
  type adviseFlags,
  readAdviseQuestion,
  readRunningQuestion,
} from './advise-flags.ts';
import { adviseFromExporter } from './advise-from-exporter.ts';
import type { CommandArguments } from './command-flags.ts';
import type { CliIo } from './io.ts';
import { createProgressBar } from './progress-bar.ts';
import { renderAdvice } from './render-advice.ts';
import { wrongUse } from './wrong-use.ts';

const minimumConnections = 200;

/** Prints an advice. Exit code 0 when the current timeout is right, 1 when it is not or unknown, 2 for wrong use. */
export async function advise(given: CommandArguments<typeof adviseFlags>, io: CliIo) {
  const [output = ''] = given.flags.output ?? [];
  const running = readRunningQuestion(given);
  if (!running.ok) return wrongUse('advise', running.error, io);
  if (running.value !== undefined) return adviseFromExporter(running.value, output, io);
  const question = readAdviseQuestion(given);
  if (!question.ok) return wrongUse('advise', question.error, io);
  const advice = await adviseFromLogs(question.value, io);
  if (typeof advice === 'string') {
    io.stderr(`keepalive-exporter advise: ${advice}\n`);
    return 1;
  }
  const json = output === 'json';
  io.stdout(json ? `${JSON.stringify(adviceJson(advice), null, 2)}\n` : renderAdvice(advice));
  return advice.kind === 'keep' ? 0 : 1;
}

/** The advice, or why the logs cannot be read. */
async function adviseFromLogs(
  {
    paths,
    format,
    server,
    timeoutSeconds,
    isDefaultTimeout,
    minimumSeconds,
    figures,
  }: AdviseQuestion,
  io: CliIo,
): Promise<Advice | string> {
  const bar = createProgressBar(io);
  const gaps = await readLogGaps({
    paths,
    format,
    server: server === 'nginx' ? 'nginx' : 'apache',
    todaySeconds: timeoutSeconds,
    onProgress: bar.show,
  });
  bar.clear();
  if (!gaps.ok) return gaps.error;
  const { summary, otherLines } = gaps.value;
  const minimum = { seconds: minimumSeconds, connections: minimumConnections };
  const advice = adviseKeepalive({ summary, server, ...figures, minimum });
  const assumed = `--timeout was not given: ${timeoutSeconds} s is the server's default`;
  const restsOn = [
    ...advice.restsOn,
    ...(otherLines === undefined ? [] : [otherLines]),
    ...(isDefaultTimeout ? [assumed] : []),
  ];
  return { ...advice, restsOn };
}
