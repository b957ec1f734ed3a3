import type { Command } from '../src/cli/command.ts';
import { environmentName } from '../src/cli/command-flags.ts';
import { commands } from '../src/cli/commands.ts';
import { flagHelp, flagUsage } from '../src/cli/flag-help.ts';

/** The man page, from the same tables as the help. */
export function renderManPage(version: string): string {
  return [
    `.TH KEEPALIVE-EXPORTER 1 "" "keepalive-exporter ${version}" "User Commands"`,
    '.SH NAME',
    'keepalive-exporter \\- keep-alive slot occupancy and worker saturation of Apache httpd and nginx for Prometheus',
    '.SH SYNOPSIS',
    '.B keepalive-exporter',
    '[\\fICOMMAND\\fR] [\\fIFLAGS\\fR]',
    '.SH DESCRIPTION',
    'Without a command it serves metrics. Without a configuration it tries the usual status addresses on this machine.',
    '.SH COMMANDS',
    ...Object.entries(commands).flatMap(([name, command]) => commandSection(name, command)),
    '.SH EXIT STATUS',
    '0: done, nothing was found. 1: a finding, a refused configuration, or a file or server that could not be read or started. 2: wrong use.',
    '.SH FILES',
    '.TP',
    '.I /etc/default/keepalive-exporter',
    'Environment variables of the service. The flags above with a variable in brackets can be set here.',
    '.TP',
    '.I /etc/keepalive-exporter/config.yml',
    'The configuration. It is used if /etc/default/keepalive-exporter names it.',
    '',
  ].join('\n');
}

function commandSection(name: string, command: Command): readonly string[] {
  const { summary, details, operands = '', flags } = command;
  return [
    `.SS ${escapeText(`${name} ${operands}`.trim())}`,
    escapeText(summary),
    ...(details === undefined ? [] : ['.PP', escapeText(details)]),
    ...Object.entries(flags).flatMap(([flag, row]) => {
      const variable = row.environment === undefined ? '' : ` [${environmentName(flag)}]`;
      return [
        '.TP',
        `\\fB${escapeText(flagUsage(flag, row))}\\fR`,
        escapeText(`${flagHelp(row)}${variable}`),
      ];
    }),
  ];
}

/** Escapes dots and quotes at the start of a line, which are requests to roff, and hyphens, so that they can be searched. */
function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', "'")
    .replaceAll(/^(?=[.'])/gm, '\\&');
}
