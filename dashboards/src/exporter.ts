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
      shows: 'Exporters that Prometheus cannot scrape.',
      bad: 'any name. Start it, or check the network.',
    }),
    figure({
      title: 'Last reload',
      query: self.reloadRefused,
      thresholds: thresholds.none,
      shown: 'value and name',
      words: [
        { text: 'accepted', color: meaning.good },
        { text: 'REFUSED', color: meaning.bad },
      ],
      shows: 'Exporters that refused the configuration of their last reload; at most four names.',
      bad: 'REFUSED: the previous configuration is in force. The log names the line to correct.',
    }),
    figure({
      title: 'Missed',
      query: self.mostMissedSamples,
      shown: 'value and name',
      unit: unit.eventsPerSecond,
      thresholds: thresholds.anyRate,
      shows:
        'Samples (polls between scrapes) per second that were not taken, of the target with the most.',
      bad: 'anything that stays: a server answers too slowly, or the exporter needs more processor time.',
    }),
    figure({
      title: 'Log lag',
      query: logs.worstLag,
      shown: 'value and name',
      unit: unit.bytes,
      thresholds: thresholds.logLagBytes,
      shows: 'Bytes not read yet, of the log with the most.',
      bad: 'over 100 MiB. Give the exporter more processor time.',
    }),
    figure({
      title: 'Unparsed',
      query: logs.worstUnparsedShare,
      shown: 'value and name',
      unit: unit.ratio,
      thresholds: thresholds.unparsedShare,
      shows: 'Share of log lines that do not match the format, of the target with the most.',
      bad: 'over 1 %. Copy the format of the server into the configuration.',
    }),
    figure({
      title: 'Memory',
      query: self.worstMemory,
      shown: 'value and name',
      unit: unit.bytes,
      thresholds: thresholds.exporterMemory,
      shows: 'Resident memory of the largest exporter.',
      bad: 'a rise without end. Report it.',
    }),
    curves({
      title: 'Duration of polls',
      queries: [status.fetchSeconds, status.connectSeconds],
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows: 'Duration of the last poll of each status page, and the time to connect.',
      bad: 'near the timeout: the server or the network is slow.',
    }),
    curves({
      title: 'Failed polls',
      queries: [status.fetchFailures],
      unit: unit.eventsPerSecond,
      thresholds: thresholds.none,
      shows: 'Failed polls per second by result; docs/errors.md explains each.',
      bad: 'anything that lasts.',
      noValue: 'no poll has failed',
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
          shows: 'Samples taken per second.',
          bad: 'fewer than 1 / sampling.interval: see the missed samples.',
        }),
        curves({
          title: 'Samples missed',
          queries: [self.missedSamples],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Samples per second that were not taken, by target.',
          bad: 'anything that lasts: the target answers too slowly.',
        }),
        timelinePanel({
          title: 'Observation lane',
          queries: [self.laneUp],
          unit: unit.text,
          thresholds: thresholds.none,
          noValue: 'no target has a lane (sampling.observation_lane)',
          width: 12,
          words: upWords,
          shows: 'Whether the observation lane is connected.',
          bad: 'red while the server is full: its status page cannot be read.',
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
          shows: 'Log lines read per second, by result.',
          bad: 'unparsed lines. Compare the format with that of the server.',
        }),
        curves({
          title: 'Bytes',
          queries: [logs.readBytes, logs.skippedBytes],
          unit: unit.bytesPerSecond,
          thresholds: thresholds.none,
          shows: 'Bytes per second that were read, and that are known to be lost.',
          bad: 'any that are lost. Rotate logs by rename and keep one old file.',
        }),
        curves({
          title: 'Rotations',
          queries: [logs.rotations],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'Log rotations in each interval of the graph.',
          bad: 'far more than planned.',
        }),
        curves({
          title: 'Age of the newest line',
          queries: [logs.lastLineAge],
          unit: unit.seconds,
          thresholds: thresholds.logAge,
          shows: 'Time since the timestamp of the newest log line.',
          bad: 'minutes on a busy server. Check the path and the permissions of the log.',
        }),
        curves({
          title: 'Age of the checkpoint',
          queries: [self.checkpointAge],
          unit: unit.seconds,
          thresholds: thresholds.checkpointAge,
          shows: 'Time since positions and counts were last written.',
          bad: 'over a minute. Check the checkpoint directory.',
        }),
        curves({
          title: 'Checkpoint failures',
          queries: [self.checkpointFailures],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Failed attempts to write the checkpoint, per second.',
          bad: 'anything but 0. Check the free space and the permissions of the directory.',
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
          shows: 'Resident memory by exporter.',
          bad: 'a rise without end. Report it.',
        }),
        curves({
          title: 'CPU',
          queries: [self.cpu],
          unit: unit.ratio,
          thresholds: thresholds.exporterCpu,
          shows: 'Share of one CPU.',
          bad: 'over 80 %. Give it more processor time or fewer targets.',
        }),
        curves({
          title: 'Event loop lag',
          queries: [self.eventLoopLag],
          unit: unit.seconds,
          thresholds: thresholds.eventLoopLag,
          shows: 'How late the process runs its tasks.',
          bad: 'over 50 ms. Give it more processor time or fewer targets.',
        }),
        timelinePanel({
          title: 'Exporter up',
          queries: [self.exporterUp],
          unit: unit.text,
          thresholds: thresholds.none,
          noValue: 'no exporter is scraped',
          width: 12,
          words: upWords,
          shows: 'Whether Prometheus can scrape the exporter.',
          bad: 'red. Start it, or check the network.',
        }),
      ],
    },
  ],
});
