import { defineConfig } from 'vitest/config';

/**
 * Scenarios that mostly wait for a program, a browser or an alert, and judge no server by how quickly it answers:
 * two of them run at a time.
 */
const sideBySide = [
  'advice-serving',
  'alertmanager',
  'alerts-tools',
  'audit-behaviour-apache',
  'audit-behaviour-chain',
  'audit-behaviour-nginx',
  'audit-examples',
  'audit-oracle',
  'compare',
  'demo',
  'documented-configs',
  'drill',
  'fleet',
  'harness',
  'helm',
  'helm-values',
  'install-layouts',
  'kustomize',
  'kustomize-equals-helm',
  'log-counts',
  'mixin',
  'peers',
  'processes',
  'prometheus',
  'rotatelogs',
  'runbooks',
  'scale-out',
  'secrets',
  'slot-board',
  'unreadable-logs',
  'web-config',
].map((name) => `test/scenarios/${name}.test.ts`);

const onRealServers = {
  globalSetup: ['test/support/ensure-packages.ts'],
  // A loaded machine takes long for what is quick elsewhere; only what hangs is to fail.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // A machine that stands still for seconds makes a real server close what it should serve. The summary names each
  // test that needed its second attempt; a defect fails both.
  retry: 1,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/scenarios/**', 'test/image/**', 'test/packages/**'],
          // A loaded machine takes long for what is quick elsewhere; only what hangs is to fail.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'side-by-side',
          include: sideBySide,
          ...onRealServers,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/scenarios/**/*.test.ts'],
          exclude: sideBySide,
          ...onRealServers,
          // These fill real servers and read the kernel's tables; one at a time keeps their figures their own.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          // Not part of `npm test`: it installs a Debian to have a base image without a registry.
          name: 'image',
          include: ['test/image/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          // Nor this: npm pack, and a Debian to install the .deb into.
          name: 'packages',
          include: ['test/packages/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
