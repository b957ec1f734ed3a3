import { fileURLToPath } from 'node:url';
import { buildDeb } from './build-deb.ts';

/** `npm run package:deb`: dist/keepalive-exporter_VERSION_all.deb. */
const file = buildDeb(fileURLToPath(new URL('../../dist/', import.meta.url)));
process.stdout.write(`${file}\n`);
