/** Where a status page is fetched from. */
export interface StatusLocation {
  readonly url: URL;
  /** Set when the server listens on a unix socket; the URL's host is then a placeholder. */
  readonly socketPath?: string;
}

/** Splits `unix:/path.sock:/uri`; any other status URL is taken as it is. The configuration has checked the form. */
export function parseStatusUrl(statusUrl: string): StatusLocation {
  if (!statusUrl.startsWith('unix:')) return { url: new URL(statusUrl) };
  const [, socketPath = '', uri = '/'] = /^unix:([^:]+):(.*)$/.exec(statusUrl) ?? [];
  return { url: new URL(uri, 'http://localhost'), socketPath };
}
