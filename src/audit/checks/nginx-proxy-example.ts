import { keepLines } from './on-nginx-proxies.ts';

interface ExampleParts {
  readonly upstream?: string;
  readonly server?: string;
  readonly location?: string;
}

/** An nginx.conf that proxies to an upstream block, with these lines in its parts. */
export function proxying({ upstream = '', server = '', location = '' }: ExampleParts): string {
  return [
    'events { worker_connections 4096; }',
    'worker_rlimit_nofile 8192;',
    'http {',
    `  upstream app { server 127.0.0.1:8081; ${upstream} }`,
    '  server {',
    '    listen 127.0.0.1:8080;',
    `    ${server}`,
    `    location / { proxy_pass http://app; ${location} }`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** What a location of an example needs for nginx to keep its connections to the backend. */
export const keptLocation = keepLines.join(' ');
