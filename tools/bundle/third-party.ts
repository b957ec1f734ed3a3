import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Replaces a module in the bundle that no code uses. */
export const nothing = 'module.exports = () => undefined;';

/** Folders of the packages in a bundle, such as `node_modules/zod`, sorted. */
export function packagesIn({ inputs }: Pick<Metafile, 'inputs'>): readonly string[] {
  const folders = Object.entries(inputs).flatMap(([path, { bytes }]) =>
    bytes === nothing.length
      ? []
      : (/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  // The bundle contains its source as text, not as modules.
  return [...new Set([...folders, 'node_modules/bcryptjs'])].sort();
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

export function readPackageFile(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
}

/** The licences of the packages in the bundle, whose texts must be shipped with it. */
export function renderLicenses(metafile: Metafile, root: string): string {
  return packagesIn(metafile)
    .map((folder) => {
      const path = join(root, folder);
      const { name, version, license = 'unknown' } = readPackageFile(path);
      const files = readdirSync(path).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
      const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(72)}\n\n`)
    .concat('\n');
}
