import { type ApacheView, mainCount, mainSetting } from '../apache-view.ts';
import { apacheWorkers } from '../apache-workers.ts';
import { type AuditSubject, type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { type NginxView, nginxSetting, workerConnections } from '../nginx-view.ts';
import { countOf, placeOf, placeText } from '../setting.ts';
import { nginxServer, nginxWith } from './nginx-example.ts';

/** The soft limit of RLIMIT_NOFILE that systemd gives a service by default. */
const usualOpenFiles = 1024;

/** The default of both servers on Linux. */
const defaultBacklog = 511;

function findBacklogs({ apache, nginx, machine }: AuditSubject): readonly Hit[] {
  const { somaxconn } = machine;
  if (somaxconn === undefined) return [];
  const rest = {
    advised: `raise net.core.somaxconn (now ${somaxconn}), or use a backlog of at most ${somaxconn}`,
    fix: ['sysctl -w net.core.somaxconn=4096'],
  };
  return [
    ...(apache !== undefined && mainCount(apache, 'ListenBacklog') > somaxconn
      ? [hitOn('apache', mainSetting(apache, 'ListenBacklog'), rest)]
      : []),
    ...(nginx === undefined ? [] : nginxBacklogs(nginx))
      .filter(({ backlog }) => backlog > somaxconn)
      .map(({ hit }) => ({ ...hit, ...rest })),
  ];
}

function nginxBacklogs({ servers }: NginxView) {
  return servers.flatMap(({ directives }) =>
    directives
      .filter(({ name }) => name === 'listen')
      .map((listen) => {
        const configured = listen.args.find((arg) => arg.startsWith('backlog='))?.slice(8);
        const at = placeOf(listen);
        const origin = configured === undefined ? 'default of nginx on Linux' : placeText(at);
        const backlog = Number(configured ?? defaultBacklog);
        const effective = `listen ${listen.args[0] ?? ''} backlog=${backlog}`;
        return { backlog, hit: { server: 'nginx' as const, at, effective, origin } };
      }),
  );
}

const backlog: Check = {
  id: 'listen-backlog-cut',
  severity: 'warning',
  what: 'The kernel allows a shorter accept queue than the server asks for',
  why: 'net.core.somaxconn limits the backlog without a warning. In a traffic spike the kernel drops connections that the queue should hold.',
  find: (subject) => uniqueHits(findBacklogs(subject)),
  examples: [
    {
      server: 'apache',
      machine: { somaxconn: 1024 },
      trigger: 'ListenBacklog 8192',
      twin: 'ListenBacklog 1024',
    },
    {
      server: 'nginx',
      machine: { somaxconn: 128 },
      trigger: nginxWith(),
      twin: nginxServer('listen 127.0.0.1:8080 backlog=128;'),
    },
  ],
};

/** Open files other than connections: logs, listening sockets, the scoreboard. */
const otherFiles = 50;

function findApacheFiles(view: ApacheView, openFiles: number | undefined): readonly Hit[] {
  const limit = openFiles ?? usualOpenFiles;
  const { threadsPerChild } = apacheWorkers(view);
  const factor = view.mpm === 'event' ? mainCount(view, 'AsyncRequestWorkerFactor') + 1 : 1;
  const needed = threadsPerChild * factor + otherFiles;
  if (needed <= limit) return [];
  return [
    hitOn('apache', mainSetting(view, 'ThreadsPerChild'), {
      advised: `at least ${needed} open files for each process (the limit is ${limit}${assumed(openFiles)})`,
      fix: ['[Service]', `LimitNOFILE=${needed}`],
    }),
  ];
}

function findNginxFiles(view: NginxView, openFiles: number | undefined): readonly Hit[] {
  const configured = nginxSetting(view, view.main, 'worker_rlimit_nofile');
  const limit = countOf(configured) ?? openFiles ?? usualOpenFiles;
  const connections = workerConnections(view);
  const wanted = countOf(connections) ?? 0;
  if (wanted <= limit) return [];
  const source = configured.isDefault ? assumed(openFiles) : `, ${configured.origin}`;
  return [
    hitOn('nginx', connections, {
      advised: `worker_rlimit_nofile of at least ${wanted * 2} (the limit is ${limit}${source})`,
      fix: [`worker_rlimit_nofile ${wanted * 2};`],
    }),
  ];
}

function assumed(openFiles: number | undefined): string {
  return openFiles === undefined ? ', the usual limit of a service' : '';
}

const files: Check = {
  id: 'file-descriptors-few',
  severity: 'warning',
  what: 'The limit of open files is lower than the slots need',
  why: 'Each connection needs an open file, and a proxied one needs two. At the limit new connections fail with "Too many open files".',
  find: ({ apache, nginx, machine }) => [
    ...(apache === undefined ? [] : findApacheFiles(apache, machine.openFiles?.apache)),
    ...(nginx === undefined ? [] : findNginxFiles(nginx, machine.openFiles?.nginx)),
  ],
  examples: [
    {
      server: 'apache',
      trigger: 'ThreadLimit 600\nThreadsPerChild 600\nMaxRequestWorkers 1200',
      twin: 'ThreadsPerChild 64\nMaxRequestWorkers 1024',
    },
    {
      server: 'nginx',
      trigger:
        'worker_rlimit_nofile 1024;\nevents { worker_connections 4096; }\nhttp {\n  server { listen 127.0.0.1:8080; }\n}\n',
      twin: 'worker_rlimit_nofile 8192;\nevents { worker_connections 4096; }\nhttp {\n  server { listen 127.0.0.1:8080; }\n}\n',
    },
  ],
};

export const kernelLimitChecks: readonly Check[] = [backlog, files];
