import type { AuditSubject, Check, CheckWords, Hit } from '../check.ts';
import { placeText } from '../setting.ts';
import { nginxWith } from './nginx-example.ts';

function treesOf({ apache, nginx }: AuditSubject) {
  return [apache, nginx].flatMap((view) =>
    view === undefined ? [] : [{ server: view.server, tree: view.tree }],
  );
}

const readIt = {
  advised: 'a part that the audit can read',
  fix: ['# correct it, or check this part yourself: the audit did not read it'],
};

const defineIt = {
  advised: 'a Define line above it, or an assignment in the envvars file beside the main file',
  fix: ['# if the environment of Apache defines it, check the lines that use it yourself'],
};

const unread: Check = {
  id: 'config-unread',
  severity: 'warning',
  what: 'The audit could not read part of the configuration',
  why: 'The unread part can change any of the other findings.',
  find: (subject) =>
    treesOf(subject).flatMap(({ server, tree }) =>
      tree.unread.map(
        (part): Hit => ({
          server,
          at: part.at,
          effective: part.what,
          origin: placeText(part.at),
          ...(part.isValue === true ? defineIt : readIt),
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
  what: 'A silence comment is not valid',
  why: 'It has no effect. A silence comment must contain the id of one check and a reason.',
  find: (subject) =>
    treesOf(subject).flatMap(({ server, tree }) =>
      tree.silences
        .filter(({ id }) => id === '')
        .map(
          ({ at }): Hit => ({
            server,
            at,
            effective: 'a comment that starts with keepalive-exporter:',
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

/** Runs last, because it needs the findings of all other checks. */
export const unusedSilence: CheckWords = {
  id: 'silence-unused',
  severity: 'warning',
  what: 'A silence comment has no effect',
  why: 'The finding it was written for no longer exists, or the id is misspelt. If it stays, it hides the next finding of that check.',
  examples: [
    {
      server: 'apache',
      trigger: '# keepalive-exporter: silence keepalive-off: one request per visitor\nKeepAlive On',
      twin: '# keepalive-exporter: silence keepalive-off: one request per visitor\nKeepAlive Off',
    },
  ],
};
