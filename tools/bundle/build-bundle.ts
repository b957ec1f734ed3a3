import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { nothing, renderLicenses } from './third-party.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string;
};

/** What is replaced on the way into the bundle, by the end of its path. */
const replaced: readonly (readonly [filter: RegExp, text: () => string])[] = [
  [
    /src\/server\/bcrypt-source\.ts$/,
    () => {
      const text = readFileSync(require.resolve('bcryptjs'), 'utf8');
      return `export function readBcryptSource() { return ${JSON.stringify(text)}; }`;
    },
  ],
  // Messages in fifty languages, of which none is shown.
  [/zod\/v4\/locales\/index\.js$/, () => `export { default as en } from './en.js';`],
  ...[
    // build-server.ts hands Fastify compilers of its own: no route has a schema.
    /@fastify\/(?:ajv|fast-json-stringify)-compiler\//,
    // Fastify's own log, its inject() for tests, and the versions that plugins ask for: we have none of them.
    /fastify\/lib\/logger-pino\.js$/,
    /light-my-request\/index\.js$/,
    /node_modules\/semver\/index\.js$/,
    // prom-client asks for the span of an exemplar; no metric has exemplars.
    /@opentelemetry\/api\/dist\/index\.[cm]js$/,
    // What node-fetch takes where Node.js has no ReadableStream: before 18.
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

/** The exporter and all that it needs as one file, which runs on Node.js alone. */
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
    // CommonJS inside asks for Node's own modules by require().
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [replacing],
  });
  chmodSync(outfile, 0o755);
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), renderLicenses(metafile, repository));
  return metafile;
}
