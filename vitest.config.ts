import { defineConfig } from 'vitest/config';

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
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/scenarios/**/*.test.ts'],
          globalSetup: ['test/support/ensure-packages.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // The scenarios fill real servers and read the kernel's tables; one at a time keeps their figures their own.
          fileParallelism: false,
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
