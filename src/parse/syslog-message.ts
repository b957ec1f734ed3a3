const rfc3164 =
  /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S* )?[\w./-]{1,48}(?:\[\d+\])?: /;
const rfc5424 =
  /^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\uFEFF)?/;

/** Longest header looked at; nginx's has under 100 bytes. */
const longestHeader = 1024;

/**
 * Where the message begins in a datagram, after the header of RFC 3164 (nginx sends an empty host while it starts:
 * two spaces) or RFC 5424. Without a header that is known, 0: the whole is the message.
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
