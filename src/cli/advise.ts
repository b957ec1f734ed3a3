import { adviceJson } from '../derive/advice-json.ts';
import { adviseKeepalive } from '../derive/advise-keepalive.ts';
import { readLogGaps } from '../pipeline/read-log-gaps.ts';
import type { Advice } from '../snapshot/advice.ts';
import {
  type AdviseQuestion,
  adviseFlags,
  readAdviseQuestion,
  readRunningQuestion,
} from './advise-flags.ts';
import { adviseFromExporter } from './advise-from-exporter.ts';
import { parseCommandFlags, renderCommandHelp } from './command-flags.ts';
import type { CliIo } from './io.ts';
import { createProgressBar } from './progress-bar.ts';
import { renderAdvice } from './render-advice.ts';

const introduction = `keepalive-exporter advise: which keep-alive timeout, and how many slots, from access logs
or from the exporter that runs.
For example: advise --config.file=config.yml
or advise --log=access.log --format='$remote_addr ...' --server=nginx --slots=1024 --timeout=75s`;

const leastConnections = 200;

/** Prints an advice; exit code 0 when today's setting is right, 1 when not or unknown, 2 for wrong use. */
export async function advise(args: readonly string[], io: CliIo): Promise<number> {
  const parsed = parseCommandFlags(adviseFlags, args);
  if (!parsed.ok) return wrongUse(parsed.error, io);
  if (parsed.value.help) {
    io.stdout(renderCommandHelp(introduction, adviseFlags));
    return 0;
  }
  const { flags, output } = parsed.value;
  const running = readRunningQuestion(flags);
  if (!running.ok) return wrongUse(running.error, io);
  if (running.value !== undefined) return adviseFromExporter(running.value, output, io);
  const question = readAdviseQuestion(flags);
  if (!question.ok) return wrongUse(question.error, io);
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
    leastSeconds,
    figures,
  }: AdviseQuestion,
  io: CliIo,
): Promise<Advice | string> {
  const bar = createProgressBar(io);
  const summary = await readLogGaps({
    paths,
    format,
    server: server === 'nginx' ? 'nginx' : 'apache',
    todaySeconds: timeoutSeconds,
    onProgress: bar.show,
  });
  bar.clear();
  if (!summary.ok) return summary.error;
  const least = { seconds: leastSeconds, connections: leastConnections };
  const advice = adviseKeepalive({ summary: summary.value, server, ...figures, least });
  if (!isDefaultTimeout) return advice;
  const assumed = `--timeout was not given: ${timeoutSeconds} s is the server's default`;
  return { ...advice, restsOn: [...advice.restsOn, assumed] };
}

function wrongUse(problem: string, io: CliIo): number {
  io.stderr(`keepalive-exporter advise: ${problem}\nSee keepalive-exporter advise --help.\n`);
  return 2;
}
