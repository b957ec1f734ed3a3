import type { Check, CheckWords } from './check.ts';
import { apacheConnectionChecks } from './checks/apache-connections.ts';
import { apacheProcessChecks } from './checks/apache-processes.ts';
import { apacheProxyChecks } from './checks/apache-proxy.ts';
import { apacheWorkerChecks } from './checks/apache-workers.ts';
import { chainChecks } from './checks/chain.ts';
import { keepaliveChecks } from './checks/keepalive.ts';
import { kernelLimitChecks } from './checks/kernel-limits.ts';
import { logFormatChecks } from './checks/log-format.ts';
import { nginxClientChecks } from './checks/nginx-clients.ts';
import { nginxUpstreamChecks } from './checks/nginx-upstream.ts';
import { ownChecks, unusedSilence } from './checks/own.ts';
import { slowClientChecks } from './checks/slow-clients.ts';
import { statusPageChecks } from './checks/status-page.ts';

/** All checks by topic; docs/checks/ is generated from this list. */
export const checkGroups: readonly { readonly title: string; readonly checks: readonly Check[] }[] =
  [
    {
      title: 'Both servers',
      checks: [
        ...keepaliveChecks,
        ...slowClientChecks,
        ...statusPageChecks,
        ...logFormatChecks,
        ...kernelLimitChecks,
      ],
    },
    {
      title: 'Apache',
      checks: [
        ...apacheWorkerChecks,
        ...apacheProcessChecks,
        ...apacheConnectionChecks,
        ...apacheProxyChecks,
      ],
    },
    { title: 'nginx', checks: [...nginxUpstreamChecks, ...nginxClientChecks] },
    { title: 'The chain', checks: chainChecks },
    { title: 'The audit itself', checks: ownChecks },
  ];

export const allChecks: readonly Check[] = checkGroups.flatMap(({ checks }) => checks);

/** The texts of all findings, including the check that runs last. */
export const allCheckWords: readonly CheckWords[] = [...allChecks, unusedSilence];
