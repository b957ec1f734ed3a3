import { adviseFlags } from './advise-flags.ts';
import { checkKeepaliveFlags } from './check-keepalive-flags.ts';
import { type Command, defineCommand } from './command.ts';
import { type CommandArguments, type CommandFlagTable, firstValues } from './command-flags.ts';
import { compareFlags } from './compare-flags.ts';
import { shells } from './completion-shells.ts';
import { auditFlags, checkConfigFlags, demoFlags, type Flags, serveFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { planFlags } from './plan-flags.ts';

type WithFlags = (flags: Flags, io: CliIo) => Promise<number>;

/** For commands whose flags are given once each. */
function single(body: WithFlags) {
  return ({ flags }: CommandArguments<CommandFlagTable>, io: CliIo) => body(firstValues(flags), io);
}

/** Every command, once: run, help, docs/flags.md, the man page and shell completion read it. */
export const commands: Readonly<Record<string, Command>> = {
  serve: defineCommand('serve', {
    summary: 'Serve metrics (the default).',
    flags: serveFlags,
    load: async () => single((await import('./serve.ts')).serve),
  }),
  'check-config': defineCommand('check-config', {
    summary: 'Check the configuration file; prints every problem, exit code 1.',
    details: 'It also looks at the files that are named, and tries the log formats on the logs.',
    operands: '[FILE]',
    mostOperands: 1,
    flags: checkConfigFlags,
    load: async () => (await import('./check-config.ts')).checkConfig,
  }),
  audit: defineCommand('audit', {
    summary:
      'Check the configurations of Apache and nginx: keep-alive from the visitor to the backend.',
    flags: auditFlags,
    load: async () => single((await import('./audit.ts')).audit),
  }),
  demo: defineCommand('demo', {
    summary: 'Show the exporter at work on a simulated Apache and nginx.',
    flags: demoFlags,
    load: async () => single((await import('./demo.ts')).demo),
  }),
  advise: defineCommand('advise', {
    summary:
      'Which keep-alive timeout, and how many slots: from access logs or the exporter that runs.',
    details: `For example: advise --config.file=config.yml\nor advise --log=access.log --format='$remote_addr ...' --server=nginx --slots=1024 --timeout=75s`,
    flags: adviseFlags,
    load: async () => (await import('./advise.ts')).advise,
  }),
  'check-keepalive': defineCommand('check-keepalive', {
    summary: "What a visitor's connections get, measured from outside.",
    details:
      'Reuse, idle timeout, requests per connection, TLS and times; with a second URL, which link breaks reuse.',
    operands: 'URL [ORIGIN]',
    mostOperands: 2,
    flags: checkKeepaliveFlags,
    load: async () => (await import('./check-keepalive.ts')).checkKeepaliveCommand,
  }),
  plan: defineCommand('plan', {
    summary: 'The arithmetic of slots: slots = visitors per second x hold time.',
    details: 'Give two of --slots, --hold and --rate, and the third follows.',
    flags: planFlags,
    load: async () => (await import('./plan.ts')).plan,
  }),
  compare: defineCommand('compare', {
    summary: 'What a change did to a target: before against after.',
    details: `From Prometheus: --prometheus.url and --target, with --before and --after or around the last configuration change.
From access logs: --before-log and --after-log.`,
    flags: compareFlags,
    load: async () => (await import('./compare.ts')).compare,
  }),
  completion: defineCommand('completion', {
    summary: 'Print a completion script for a shell.',
    details: `Such as: source <(keepalive-exporter completion bash)`,
    operands: 'SHELL',
    operandWords: shells,
    mostOperands: 1,
    flags: {},
    load: async () => (await import('./completion.ts')).completion,
  }),
};
