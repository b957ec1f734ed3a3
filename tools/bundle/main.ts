import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from './build-bundle.ts';
import { renderSbom } from './sbom.ts';

/** `npm run bundle`: dist/keepalive-exporter.mjs, its source map, its licences and its SBOM. */
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const metafile = await buildBundle(dist);
writeFileSync(join(dist, 'sbom.cdx.json'), renderSbom(metafile));
