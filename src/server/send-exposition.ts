import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expositionContentType } from '../metrics/registry.ts';

const compress = promisify(gzip);

/** Compressing less text saves too little. */
const minimumBytes = 1024;

/** Sends metrics, compressed when the client accepts gzip, as Prometheus does. */
export async function sendExposition(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<FastifyReply> {
  reply.code(200).type(expositionContentType).header('vary', 'Accept-Encoding');
  if (text.length < minimumBytes || !acceptsGzip(request.headers['accept-encoding'])) {
    return reply.send(text);
  }
  const bytes = await compress(text, { level: constants.Z_BEST_SPEED });
  return reply.header('content-encoding', 'gzip').send(bytes);
}

/** RFC 9110, 12.5.3: `gzip;q=0` refuses gzip, and `*` stands for every coding that is not listed. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  let byName: boolean | undefined;
  let byStar: boolean | undefined;
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const quality = parameters.find((word) => word.startsWith('q='))?.slice(2) ?? '1';
    const isWanted = Number(quality) > 0;
    if (name === 'gzip' || name === 'x-gzip') byName = isWanted;
    if (name === '*') byStar = isWanted;
  }
  return byName ?? byStar ?? false;
}
