#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { run } from './cli/run.ts';
import { createSafeWrite } from './cli/safe-write.ts';

/** The bundle carries its version; see tools/bundle/. */
declare const bundledVersion: string | undefined;
const version = typeof bundledVersion === 'string' ? bundledVersion : readPackageVersion();

function readPackageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

let isTerminated = false;
let isAwaited = false;
const terminated = new Promise<void>((resolve) => {
  const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
    // A command that does not wait for a signal has nothing to close, so the signal ends it at once.
    if (!isAwaited) process.exit(128 + constants.signals[signal]);
    isTerminated = true;
    resolve();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
});

const exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  version,
  nodeVersion: process.version,
  pid: process.pid,
  stdin: process.stdin,
  stdout: createSafeWrite(process.stdout),
  stderr: createSafeWrite(process.stderr),
  stderrIsTerminal: process.stderr.isTTY === true,
  now: () => new Date(),
  get terminated() {
    isAwaited = true;
    return terminated;
  },
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

// Everything is closed. Work that is still under way must not delay the end that a signal requested.
if (isTerminated) process.exit(exitCode);
process.exitCode = exitCode;
