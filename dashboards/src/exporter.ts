import { buildDashboard } from './build-dashboard.ts';
import { curves, figure } from './panels/short-forms.ts';
import { timelinePanel } from './panels/timeline-panel.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { selfQueries } from './queries/self-queries.ts';
import { statusQueries } from './queries/status-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets();
const self = selfQueries(select);
const status = statusQueries(select);
const logs = logQueries(select);

const upWords = [
  { text: 'DOWN', color: meaning.bad },
  { text: 'up', color: meaning.good },
];

/** Can the figures be trusted? */
export const exporterDashboard = buildDashboard({
  name: 'exporter',
  title: 'Keep-alive / Exporter',
  question: 'Can the figures be trusted?',
  from: 'now-3h',
  chosenFrom: 'keepalive_exporter_build_info',
  glance: [
    figure({
      title: 'Down',
      query: self.downByName,
      thresholds: thresholds.none,
      shown: 'value and name',
      words: [
        { text: 'up', color: meaning.good },
        { text: 'DOWN', color: meaning.bad },
      ],
      shows: 'Exporters Prometheus cannot scrape.',
      bad: 'any.',
    }),
    figure({
      title: 'Last reload',
      query: self.reloadSuccessful,
      thresholds: thresholds.yes,
      words: [
        { text: 'REFUSED', color: meaning.bad },
        { text: 'accepted', color: meaning.good },
      ],
      shows: 'Whether the last reload was accepted everywhere.',
      bad: 'refused: the old one is in force.',
    }),
    figure({
      title: 'Missed samples',
      query: self.missedSamplesNow,
      unit: unit.eventsPerSecond,
      thresholds: thresholds.anyRate,
      shows: 'Samples not taken a second.',
      bad: 'a server that answers too slowly to be sampled.',
    }),
    figure({
      title: 'Log behind',
      query: logs.worstLag,
      unit: unit.bytes,
      thresholds: thresholds.logLagBytes,
      shows: 'Bytes not read yet, of the source most behind.',
      bad: 'over 100 MiB.',
    }),
    figure({
      title: 'Unparsed',
      query: logs.unparsedShare,
      unit: unit.ratio,
      thresholds: thresholds.unparsedShare,
      shows: 'Share of lines that do not follow the format.',
      bad: 'over 1 %: the format is not the server’s.',
    }),
    figure({
      title: 'Memory',
      query: self.worstMemory,
      unit: unit.bytes,
      thresholds: thresholds.exporterMemory,
      shows: 'Resident memory of the largest exporter.',
      bad: 'a rise without end.',
    }),
    curves({
      title: 'Fetch of the status page',
      queries: [status.fetchSeconds, status.connectSeconds],
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows: 'Time of the last fetch, and of its connection.',
      bad: 'near the timeout.',
    }),
    curves({
      title: 'Failed fetches',
      queries: [status.fetchFailures],
      unit: unit.eventsPerSecond,
      thresholds: thresholds.none,
      shows: 'By result: docs/errors.md.',
      bad: 'anything that lasts.',
      noValue: 'no fetch has failed',
    }),
  ],
  details: [
    {
      title: 'Sampler and lane',
      panels: [
        curves({
          title: 'Samples',
          queries: [self.samplesPerSecond],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Samples taken a second.',
          bad: 'below 1 / sampling.interval.',
        }),
        curves({
          title: 'Samples missed',
          queries: [self.missedSamples],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'By target.',
          bad: 'anything that lasts.',
        }),
        timelinePanel({
          title: 'Observation lane',
          queries: [self.laneUp],
          unit: unit.text,
          thresholds: thresholds.none,
          noValue: 'no target has a lane (sampling.observation_lane)',
          width: 12,
          words: upWords,
          shows: 'Whether the lane stands.',
          bad: 'red while the server is full: it came too late.',
        }),
      ],
    },
    {
      title: 'Logs and checkpoint',
      panels: [
        curves({
          title: 'Lines',
          queries: [logs.linesByResult],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Lines read a second.',
          bad: 'unparsed.',
        }),
        curves({
          title: 'Bytes',
          queries: [logs.readBytes, logs.skippedBytes],
          unit: unit.bytesPerSecond,
          thresholds: thresholds.none,
          shows: 'Read, and known to be lost.',
          bad: 'any lost.',
        }),
        curves({
          title: 'Rotations',
          queries: [logs.rotations],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'In each step.',
          bad: 'far more than planned.',
        }),
        curves({
          title: 'Age of the newest line',
          queries: [logs.lastLineAge],
          unit: unit.seconds,
          thresholds: thresholds.logAge,
          shows: 'By the time the line bears.',
          bad: 'minutes on a busy server.',
        }),
        curves({
          title: 'Age of the checkpoint',
          queries: [self.checkpointAge],
          unit: unit.seconds,
          thresholds: thresholds.checkpointAge,
          shows: 'Since positions and counts were last written.',
          bad: 'over a minute.',
        }),
        curves({
          title: 'Checkpoint failures',
          queries: [self.checkpointFailures],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Attempts that failed.',
          bad: 'anything but 0.',
        }),
      ],
    },
    {
      title: 'Process',
      panels: [
        curves({
          title: 'Memory',
          queries: [self.memory],
          unit: unit.bytes,
          thresholds: thresholds.none,
          shows: 'Resident memory.',
          bad: 'a rise without end.',
        }),
        curves({
          title: 'CPU',
          queries: [self.cpu],
          unit: unit.ratio,
          thresholds: thresholds.exporterCpu,
          shows: 'Share of one CPU.',
          bad: 'over 80 %.',
        }),
        curves({
          title: 'Event loop lag',
          queries: [self.eventLoopLag],
          unit: unit.seconds,
          thresholds: thresholds.eventLoopLag,
          shows: 'How late the process is.',
          bad: 'over 50 ms.',
        }),
        timelinePanel({
          title: 'Exporter up',
          queries: [self.exporterUp],
          unit: unit.text,
          thresholds: thresholds.none,
          noValue: 'no exporter is scraped',
          width: 12,
          words: upWords,
          shows: 'Whether Prometheus can scrape it.',
          bad: 'red.',
        }),
      ],
    },
  ],
});
