import type { AdvisedServer } from '../snapshot/advice.ts';

/** Where to put the lines of an advice, and how to make the server read them; empty when nothing changes. */
export function describeApply(
  directives: readonly string[],
  server: AdvisedServer,
): readonly string[] {
  if (directives.length === 0) return [];
  return [
    ...(server === 'nginx' ? nginx : apache(directives)),
    'an hour later, check the effect with keepalive-exporter compare (docs/compare.md)',
  ];
}

const nginx = [
  'in the http block of nginx.conf, and in each server and location that has a line of its own; worker_connections in the events block',
  'nginx -t && nginx -s reload',
];

/** A graceful restart cannot change ServerLimit, which sets the size of the scoreboard (mpm_common, AH00180). */
function apache(directives: readonly string[]): readonly string[] {
  const changesLimit = directives.some((line) => line.startsWith('ServerLimit'));
  const changesWorkers = directives.some((line) => line.startsWith('MaxRequestWorkers'));
  return [
    'in apache2.conf (Debian) or httpd.conf, and in each virtual host that has a line of its own',
    ...(changesWorkers
      ? ['MaxRequestWorkers where it is now, on Debian mods-available/mpm_*.conf']
      : []),
    changesLimit
      ? 'apachectl configtest, then stop and start: a graceful restart does not change ServerLimit'
      : 'apachectl configtest && apachectl graceful',
  ];
}
