import { createHash } from 'node:crypto';
import { liveScript } from './live-script.ts';
import { pageStyle } from './style.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Allows the style and script of the page by their hashes, and the live stream. Images, frames and forms are blocked. */
export const pageContentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(pageStyle)}`,
  `script-src ${hashOf(liveScript)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
