/**
 * Whether the text received so far (latin1, one character a byte) is a complete HTTP/1.1 response, so that its
 * connection is idle from here on.
 */
export function isCompleteResponse(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const head = received.slice(0, headEnd).toLowerCase();
  const body = received.slice(headEnd + 4);
  if (/^transfer-encoding: chunked$/m.test(head)) return /(^|\r\n)0\r\n\r\n$/.test(body);
  const length = /^content-length: (\d+)$/m.exec(head)?.[1];
  return body.length >= Number(length ?? 0);
}
