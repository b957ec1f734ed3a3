import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Modules of Node.js that many exporters never use: a status page over plain HTTP and a port without TLS and passwords
 * need none of them. In one file, esbuild would import them at the start, also for commands that are loaded later. Each
 * costs memory: http2 2 MiB, https and tls 1 MiB.
 */
const names = ['crypto', 'http2', 'https', 'tls', 'worker_threads'];

const namespace = 'lazy-builtin';
const require = createRequire(import.meta.url);

/** A module with the same exports. The first use of one loads the module of Node.js. */
function renderModule(name: string): string {
  const getters = Object.keys(require(`node:${name}`)).map(
    (key) => `get ${key}() { return require('node:${name}').${key}; }`,
  );
  return `module.exports = { ${getters.join(', ')} };`;
}

/** Loads some modules of Node.js when one of their exports is used. */
export const lazyBuiltins: Plugin = {
  name: 'load modules of Node.js at first use',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: new RegExp(`^(?:node:)?(?:${names.join('|')})$`) }, (found) =>
      found.namespace === namespace
        ? { path: found.path, external: true }
        : { path: found.path.replace(/^node:/, ''), namespace },
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: renderModule(path) }));
  },
};
