import { adviceJson } from '../derive/advice-json.ts';
import { type AdvisedTarget, fetchAdvice } from '../io/fetch-advice.ts';
import { readConfig } from '../io/read-config.ts';
import { err, ok, type Result } from '../result.ts';
import type { RunningQuestion } from './advise-flags.ts';
import type { CliIo } from './io.ts';
import { renderAdvice } from './render-advice.ts';

/** Prints the advice of the running exporter for each target. Exit code 0 when all timeouts are right. */
export async function adviseFromExporter(
  question: RunningQuestion,
  output: string,
  io: CliIo,
): Promise<number> {
  const targets = await askFor(question);
  if (!targets.ok) {
    io.stderr(`keepalive-exporter advise: ${targets.error}\n`);
    return 1;
  }
  io.stdout(output === 'json' ? renderJson(targets.value) : renderText(targets.value));
  return targets.value.every(({ advice }) => advice?.kind === 'keep') ? 0 : 1;
}

async function askFor({
  configFile,
  url,
}: RunningQuestion): Promise<Result<readonly AdvisedTarget[], string>> {
  const config = configFile === undefined ? undefined : await readConfig(configFile);
  if (config?.ok === false) return err(config.error.join('\n'));
  const advised = await fetchAdvice(url);
  if (!advised.ok || config === undefined) return advised;
  const found: AdvisedTarget[] = [];
  for (const { name } of config.value.targets) {
    const known = advised.value.find(({ target }) => target === name);
    if (known === undefined) {
      return err(`the exporter at ${url.host} has no target "${name}"; reload its configuration`);
    }
    found.push(known);
  }
  return ok(found);
}

const withoutConnections =
  'no access log of this target identifies connections; docs/log-formats.md lists the fields to add to its format';

function renderText(targets: readonly AdvisedTarget[]): string {
  return targets
    .map(({ target, advice }) => {
      const text =
        advice === undefined ? `No advice: ${withoutConnections}.\n` : renderAdvice(advice);
      return `${target}\n${'-'.repeat(target.length)}\n${text}`;
    })
    .join('\n');
}

function renderJson(targets: readonly AdvisedTarget[]): string {
  const answers = targets.map(({ target, advice }) => ({
    target,
    ...(advice === undefined
      ? { findings: [{ kind: 'none', message: withoutConnections }] }
      : adviceJson(advice)),
  }));
  const findings = answers.flatMap((answer) =>
    answer.findings.map((finding) => ({ target: answer.target, ...finding })),
  );
  return `${JSON.stringify({ targets: answers, findings }, null, 2)}\n`;
}
