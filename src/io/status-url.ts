/** The location of a status page. */
export interface StatusLocation {
  readonly url: URL;
  /** Set if the server listens on a unix socket. The host of the URL is then a placeholder. */
  readonly socketPath?: string;
}

/** Splits `unix:/path.sock:/uri`. Any other status URL is used unchanged. The configuration has checked the form. */
export function parseStatusUrl(statusUrl: string): StatusLocation {
  if (!statusUrl.startsWith('unix:')) return { url: new URL(statusUrl) };
  const [, socketPath = '', uri = '/'] = /^unix:([^:]+):(.*)$/.exec(statusUrl) ?? [];
  return { url: new URL(uri, 'http://localhost'), socketPath };
}
