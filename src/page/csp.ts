import { createHash } from 'node:crypto';
import { liveScript } from './live-script.ts';
import { pageStyle } from './style.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

let policy: string | undefined;

/**
 * Allows the style and script of the page by their hashes, and the live stream. Images, frames and forms are blocked.
 * Computed for the first page: an exporter that only Prometheus scrapes does not load crypto.
 */
export function pageContentSecurityPolicy(): string {
  policy ??= [
    "default-src 'none'",
    `style-src ${hashOf(pageStyle)}`,
    `script-src ${hashOf(liveScript)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return policy;
}
