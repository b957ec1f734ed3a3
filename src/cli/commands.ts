import { adviseFlags } from './advise-flags.ts';
import { checkKeepaliveFlags } from './check-keepalive-flags.ts';
import { type Command, defineCommand } from './command.ts';
import {
  type CommandArguments,
  type CommandFlagTable,
  firstValues,
  type SingleFlags,
} from './command-flags.ts';
import { compareFlags } from './compare-flags.ts';
import { shells } from './completion-shells.ts';
import { auditFlags, checkConfigFlags, demoFlags, serveFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { planFlags } from './plan-flags.ts';

/** For commands of which no flag may be repeated. */
function single<T extends CommandFlagTable>(
  body: (flags: SingleFlags<T>, io: CliIo) => Promise<number>,
) {
  return ({ flags }: CommandArguments<T>, io: CliIo) => body(firstValues<T>(flags), io);
}

/** All commands. Help, docs/flags.md, the man page and shell completion are made from this table. */
export const commands: Readonly<Record<string, Command>> = {
  serve: defineCommand('serve', {
    summary: 'Serve metrics (the default).',
    flags: serveFlags,
    load: async () => single<typeof serveFlags>((await import('./serve.ts')).serve),
  }),
  'check-config': defineCommand('check-config', {
    summary: 'Check the configuration file and print every problem; exit code 1 if there is one.',
    details:
      'It also checks the files that the configuration names, and tries the log formats on the logs.',
    operands: '[FILE]',
    maximumOperands: 1,
    flags: checkConfigFlags,
    load: async () => (await import('./check-config.ts')).checkConfig,
  }),
  audit: defineCommand('audit', {
    summary: 'Check the keep-alive settings of Apache and nginx, from the visitor to the backend.',
    flags: auditFlags,
    load: async () => single<typeof auditFlags>((await import('./audit.ts')).audit),
  }),
  demo: defineCommand('demo', {
    summary: 'Run the exporter with a simulated Apache and nginx.',
    flags: demoFlags,
    load: async () => single<typeof demoFlags>((await import('./demo.ts')).demo),
  }),
  advise: defineCommand('advise', {
    summary:
      'Advise a keep-alive timeout and a number of slots, from access logs or a running exporter.',
    details: `For example: advise --config.file=config.yml\nor advise --log=access.log --format='$remote_addr ...' --server=nginx --slots=1024 --timeout=75s`,
    operands: '[FILE...]',
    maximumOperands: Number.POSITIVE_INFINITY,
    flags: adviseFlags,
    load: async () => (await import('./advise.ts')).advise,
  }),
  'check-keepalive': defineCommand('check-keepalive', {
    summary: 'Measure how a server treats the connections of its visitors.',
    details:
      'It measures reuse, idle timeout, requests per connection, TLS and times. With a second URL it shows which link breaks reuse.',
    operands: 'URL [ORIGIN]',
    maximumOperands: 2,
    flags: checkKeepaliveFlags,
    load: async () => (await import('./check-keepalive.ts')).checkKeepaliveCommand,
  }),
  plan: defineCommand('plan', {
    summary: 'Calculate slots: slots = visitors per second x hold time.',
    details: 'Give two of --slots, --hold and --rate; the third is calculated.',
    flags: planFlags,
    load: async () => (await import('./plan.ts')).plan,
  }),
  compare: defineCommand('compare', {
    summary: 'Compare a target before and after a change.',
    details: `From Prometheus: --prometheus.url and --target, with --before and --after or around the last configuration change.
From access logs: --before-log and --after-log.`,
    flags: compareFlags,
    load: async () => (await import('./compare.ts')).compare,
  }),
  completion: defineCommand('completion', {
    summary: 'Print a completion script for a shell.',
    details: `For example: source <(keepalive-exporter completion bash)
or, in fish: keepalive-exporter completion fish | source`,
    operands: 'SHELL',
    operandWords: shells,
    maximumOperands: 1,
    flags: {},
    load: async () => (await import('./completion.ts')).completion,
  }),
};
