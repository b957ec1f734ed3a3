import { deriveNginxPorts } from '../derive/nginx-ports.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';

/** A reload of the server may change its file at any time. */
const rereadMilliseconds = 60_000;

/** The ports that an nginx configuration file names; none when it cannot be read, which the capacity reports. */
export function createPortSource(file: string): () => Promise<readonly number[]> {
  let readAt = Number.NEGATIVE_INFINITY;
  let ports: Promise<readonly number[]> = Promise.resolve([]);
  return () => {
    if (performance.now() - readAt >= rereadMilliseconds) {
      readAt = performance.now();
      ports = readNginxConfig(file).then((read) => (read.ok ? deriveNginxPorts(read.value) : []));
    }
    return ports;
  };
}
