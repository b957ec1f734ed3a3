import { builtinModules, createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * How the bundle loads the modules of Node.js. It has no `import` of one: an import reads every export of the module,
 * and since Node.js 22 some exports of `node:http` load TLS, HTTP/2, crypto, workers and web sockets when they are read.
 */

/**
 * Modules that many exporters never use: a status page over plain HTTP and a port without TLS and passwords need none of
 * them. Each costs memory: http2 2 MiB, https and tls 1 MiB. The first use of an export loads them.
 */
const lazyNames = ['crypto', 'http2', 'https', 'tls', 'worker_threads'];
const eagerNames = builtinModules.filter(
  (name) => !lazyNames.includes(name) && !name.startsWith('_'),
);

const require = createRequire(import.meta.url);

/** The names that this Node.js exports. Another one may have more: read these from the default export. */
function exportsOf(name: string): readonly string[] {
  return Object.keys(require(`node:${name}`)).filter((key) =>
    /^(?!default$)[A-Za-z_]\w*$/.test(key),
  );
}

function renderLazy(name: string): string {
  const getters = exportsOf(name).map(
    (key) => `get ${key}() { return require('node:${name}').${key}; }`,
  );
  return `module.exports = { ${getters.join(', ')} };`;
}

/** Marked as pure, so that esbuild drops the exports that nobody imports. */
function renderEager(name: string): string {
  const constants = exportsOf(name).map(
    (key) => `export const ${key} = /* @__PURE__ */ $export('${key}');`,
  );
  return [
    `const $module = /* @__PURE__ */ process.getBuiltinModule('node:${name}');`,
    'const $export = (name) => $module[name];',
    'export default $module;',
    ...constants,
  ].join('\n');
}

/** Matches the names with and without the prefix `node:`. */
const filterOf = (names: readonly string[]) => new RegExp(`^(?:node:)?(?:${names.join('|')})$`);

const withoutPrefix = (path: string) => path.replace(/^node:/, '');

export const builtins: Plugin = {
  name: 'modules of Node.js',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: filterOf(lazyNames) }, ({ path, namespace }) =>
      namespace === 'lazy'
        ? { path, external: true }
        : { path: withoutPrefix(path), namespace: 'lazy' },
    );
    // A require() reads only the exports that are used, so it stays as it is.
    onResolve({ filter: filterOf(eagerNames) }, ({ path, kind }) =>
      kind === 'require-call'
        ? { path, external: true }
        : { path: withoutPrefix(path), namespace: 'eager', sideEffects: false },
    );
    onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({ contents: renderLazy(path) }));
    onLoad({ filter: /./, namespace: 'eager' }, ({ path }) => ({ contents: renderEager(path) }));
  },
};
