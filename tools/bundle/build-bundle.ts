import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { builtins } from './builtins.ts';
import { nothing, renderLicenses } from './third-party.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string;
};

/** Replacements for modules in the bundle, by the end of their path. */
const replaced: readonly (readonly [filter: RegExp, text: () => string])[] = [
  [
    /src\/server\/bcrypt-source\.ts$/,
    () => {
      const text = readFileSync(require.resolve('bcryptjs'), 'utf8');
      return `export function readBcryptSource() { return ${JSON.stringify(text)}; }`;
    },
  ],
  // Messages in fifty languages. None of them is used.
  [/zod\/v4\/locales\/index\.js$/, () => `export { default as en } from './en.js';`],
  ...[
    // build-server.ts sets its own compilers in Fastify, because no route has a schema.
    /@fastify\/(?:ajv|fast-json-stringify)-compiler\//,
    // The log of Fastify, inject() for tests, and the version check of plugins: none of them is used.
    /fastify\/lib\/logger-pino\.js$/,
    /light-my-request\/index\.js$/,
    /node_modules\/semver\/index\.js$/,
    // prom-client uses this for exemplars, and no metric has exemplars.
    /@opentelemetry\/api\/dist\/index\.[cm]js$/,
    // Pushgateway and cluster mode load further modules of Node.js: neither is used.
    /prom-client\/lib\/(?:pushgateway|cluster)\.js$/,
    // Adds web streams to Node.js before 18. The look at them loads them.
    /fetch-blob\/streams\.cjs$/,
    // node-fetch uses this on Node.js before 18, which has no ReadableStream.
    /web-streams-polyfill\/dist\/ponyfill\.es2018\.js$/,
  ].map((filter) => [filter, () => nothing] as const),
];

const replacing: Plugin = {
  name: 'replace files',
  setup({ onLoad }) {
    for (const [filter, text] of replaced) {
      onLoad({ filter }, ({ path }) => ({
        contents: text(),
        loader: 'js',
        resolveDir: dirname(path),
      }));
    }
  },
};

/** The exporter with all its dependencies as one file for Node.js. */
export async function buildBundle(directory: string): Promise<Metafile> {
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, 'keepalive-exporter.mjs');
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    define: { bundledVersion: JSON.stringify(version) },
    // CommonJS modules in the bundle load the modules of Node.js with require().
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [builtins, replacing],
  });
  chmodSync(outfile, 0o755);
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), renderLicenses(metafile, repository));
  return metafile;
}
