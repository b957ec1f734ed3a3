const rfc3164 =
  /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S* )?[\w./-]{1,48}(?:\[\d+\])?: /;
const rfc5424 =
  /^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\uFEFF)?/;

/** Maximum length of a header; that of nginx has under 100 bytes. */
const longestHeader = 1024;

/**
 * Where the message begins in a datagram, after a header of RFC 3164 or RFC 5424. While nginx starts it sends an empty
 * host, that is two spaces. Without a known header the result is 0: the whole datagram is the message.
 */
export function syslogMessageStart(datagram: Uint8Array): number {
  const head = Buffer.from(
    datagram.buffer,
    datagram.byteOffset,
    Math.min(datagram.length, longestHeader),
  );
  const text = head.toString('latin1');
  return (rfc5424.exec(text) ?? rfc3164.exec(text))?.[0].length ?? 0;
}
