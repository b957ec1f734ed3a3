import type { ApacheView } from '../apache-view.ts';
import type { AuditSubject, Check, Hit } from '../check.ts';

/** Runs a check on the main server of Apache. */
export function onApache(
  find: (view: ApacheView, subject: AuditSubject) => Hit | undefined,
): Check['find'] {
  return (subject) => {
    const found = subject.apache === undefined ? undefined : find(subject.apache, subject);
    return found === undefined ? [] : [found];
  };
}
