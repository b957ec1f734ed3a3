import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { packagesIn, readPackageFile } from './third-party.ts';

interface Bom {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly 'bom-ref': string;
    readonly group?: string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** CycloneDX from `npm sbom`, with only those packages whose code is in the bundle. */
export function renderSbom(metafile: Pick<Metafile, 'inputs'>): string {
  const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const bom = JSON.parse(text) as Bom;
  const wanted = new Set(
    packagesIn(metafile).map((folder) => {
      const { name, version } = readPackageFile(`${repository}${folder}`);
      return `${name}@${version}`;
    }),
  );
  const components = bom.components.filter((component) => wanted.has(component['bom-ref']));
  const known = new Set(components.map((component) => component['bom-ref']));
  const dependencies = bom.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((to) => known.has(to)) }));
  return `${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`;
}
