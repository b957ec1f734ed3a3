import { createHash } from 'node:crypto';
import { liveScript } from './live-script.ts';
import { pageStyle } from './style.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Admits the page's own style and script by their hashes and the live stream: no image, no frame, no form. */
export const pageContentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(pageStyle)}`,
  `script-src ${hashOf(liveScript)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
