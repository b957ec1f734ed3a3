/** A whole nginx.conf of an example, with these lines in its http block. */
export function nginxWith(...lines: readonly string[]): string {
  return nginxOf([...lines, 'server { listen 127.0.0.1:8080; }']);
}

/** The same, with these lines in its one server. */
export function nginxServer(...lines: readonly string[]): string {
  return nginxOf(['server {', ...lines.map((line) => `  ${line}`), '}']);
}

function nginxOf(lines: readonly string[]): string {
  return ['events {}', 'http {', ...lines.map((line) => `  ${line}`), '}', ''].join('\n');
}
