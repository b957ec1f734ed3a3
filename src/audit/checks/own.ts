import type { AuditSubject, Check, CheckWords, Hit } from '../check.ts';
import { placeText } from '../setting.ts';
import { nginxWith } from './nginx-example.ts';

function treesOf({ apache, nginx }: AuditSubject) {
  return [apache, nginx].flatMap((view) =>
    view === undefined ? [] : [{ server: view.server, tree: view.tree }],
  );
}

const unread: Check = {
  id: 'config-unread',
  severity: 'warning',
  what: 'Part of the configuration was not read',
  why: 'What stands there may change any of the other findings.',
  find: (subject) =>
    treesOf(subject).flatMap(({ server, tree }) =>
      tree.unread.map(
        ({ at, what }): Hit => ({
          server,
          at,
          effective: what,
          origin: placeText(at),
          advised: 'lines that the audit can read',
          fix: ['# correct it, or check this part by hand: the audit did not read it'],
        }),
      ),
    ),
  examples: [
    {
      server: 'apache',
      trigger: 'Define KNOWN 3\nServerAdmin ${UNKNOWN}',
      twin: 'Define KNOWN 3\nServerAdmin ${KNOWN}',
    },
  ],
};

const invalid: Check = {
  id: 'silence-invalid',
  severity: 'warning',
  what: 'A silence cannot be read',
  why: 'It silences nothing. A silence names one check and gives a reason.',
  find: (subject) =>
    treesOf(subject).flatMap(({ server, tree }) =>
      tree.silences
        .filter(({ id }) => id === '')
        .map(
          ({ at }): Hit => ({
            server,
            at,
            effective: 'a comment that begins with keepalive-exporter:',
            origin: placeText(at),
            advised: 'silence ID: REASON',
            fix: ['# keepalive-exporter: silence keepalive-off: one request per visitor'],
          }),
        ),
    ),
  examples: [
    {
      server: 'nginx',
      trigger: `# keepalive-exporter: silence keepalive-off\n${nginxWith('keepalive_timeout 0;')}`,
      twin: `# keepalive-exporter: silence keepalive-off: one request per visitor\n${nginxWith('keepalive_timeout 0;')}`,
    },
  ],
};

export const ownChecks: readonly Check[] = [unread, invalid];

/** Found last, when it is known what the other checks found. */
export const unusedSilence: CheckWords = {
  id: 'silence-unused',
  severity: 'warning',
  what: 'A silence silences nothing',
  why: 'What it was written for is gone, or its id is misspelt. Left in place it hides the next one.',
  examples: [
    {
      server: 'apache',
      trigger: '# keepalive-exporter: silence keepalive-off: one request per visitor\nKeepAlive On',
      twin: '# keepalive-exporter: silence keepalive-off: one request per visitor\nKeepAlive Off',
    },
  ],
};
