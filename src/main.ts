#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './cli/run.ts';
import { createSafeWrite } from './cli/safe-write.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as {
  version: string;
};

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  version,
  nodeVersion: process.version,
  pid: process.pid,
  stdin: process.stdin,
  stdout: createSafeWrite(process.stdout),
  stderr: createSafeWrite(process.stderr),
  stderrIsTerminal: process.stderr.isTTY === true,
  now: () => new Date(),
  terminated: new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  }),
  onHangup: (callback) => {
    process.on('SIGHUP', callback);
  },
  onDefect: (callback) => {
    process.on('uncaughtException', (error) => {
      callback(error);
      process.exit(1);
    });
  },
});
