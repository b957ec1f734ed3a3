import { createHash } from 'node:crypto';
import { pageStyle } from './style.ts';

/** Admits the page's own style by its hash and nothing else: no script, no image, no frame, no form. */
export const pageContentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
