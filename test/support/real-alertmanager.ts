import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk } from './http-get.ts';
import { startProcess } from './processes.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';
import { waitUntil } from './wait-until.ts';

type Labels = Readonly<Record<string, string>>;

interface AlertStatus {
  readonly labels: Labels;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

export interface RealAlertmanager {
  readonly address: string;
  /** Sends alerts as Prometheus does, and waits until all are there. */
  send(alerts: readonly Labels[]): Promise<void>;
  /** Which of the alerts that were sent are inhibited now. */
  inhibited(): Promise<readonly Labels[]>;
  stop(): Promise<void>;
}

/** Debian's Alertmanager with a storage of its own in a fresh directory. */
export function startAlertmanager(config: object): Promise<RealAlertmanager> {
  return buildStoppable(async (defer) => {
    const { path, remove } = await createTempDirectory('alertmanager');
    defer(remove);
    const file = join(path, 'alertmanager.yml');
    // JSON, which is YAML too.
    await writeFile(file, JSON.stringify(config));
    const address = `127.0.0.1:${await findFreePort()}`;
    const server = await startProcess({
      command: requireBinary('prometheus-alertmanager'),
      args: [
        `--config.file=${file}`,
        `--storage.path=${join(path, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      isReady: () => answersOk(`http://${address}/-/ready`),
    });
    defer(server.stop);
    return {
      address,
      send: (alerts) => sendAlerts(address, alerts),
      inhibited: async () =>
        (await listAlerts(address))
          .filter(({ status }) => status.inhibitedBy.length > 0)
          .map(({ labels }) => labels),
    };
  });
}

async function sendAlerts(address: string, alerts: readonly Labels[]): Promise<void> {
  const { ok, status } = await fetch(`http://${address}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  });
  if (!ok) throw new Error(`Cannot send alerts to ${address}: HTTP status ${status}`);
  await waitUntil({
    until: 'Alertmanager has the alerts',
    holds: async () => (await listAlerts(address)).length >= alerts.length,
  });
}

async function listAlerts(address: string): Promise<readonly AlertStatus[]> {
  const answer = await fetch(`http://${address}/api/v2/alerts`);
  return (await answer.json()) as readonly AlertStatus[];
}
