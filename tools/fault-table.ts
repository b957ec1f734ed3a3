/** A fault that the exporter must survive. The titles of its tests begin with its id. */
export interface Fault {
  readonly id: string;
  readonly fault: string;
  /** What stays as it is on purpose, and why. */
  readonly choice?: string;
}

export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}

/** The fault, or the fault and its choice. */
type Row = string | readonly [fault: string, choice: string];

function group(title: string, rows: Readonly<Record<string, Row>>): FaultGroup {
  return { title, faults: Object.entries(rows).map(([id, row]) => ({ id, ...readRow(row) })) };
}

function readRow(row: Row): Omit<Fault, 'id'> {
  if (typeof row === 'string') return { fault: row };
  const [fault, choice] = row;
  return { fault, choice };
}

export const faultGroups: readonly FaultGroup[] = [
  group('Targets', {
    A1: 'A server accepts the connection and sends nothing',
    A2: 'One byte now and then; a header that drips; endless interim answers',
    A3: 'A huge body',
    A4: 'A compression bomb',
    A5: 'A redirect loop; a redirect to another host',
    A6: 'Bad chunks, length and chunks together, HTTP/0.9, a header that overflows',
    A7: 'A body that ends too soon',
    A8: 'Invalid UTF-8, NUL and CR in fields',
    A9: 'A scoreboard of a million characters; unknown letters',
    A10: 'Negative numbers, NaN, infinity, 1e400, suffixes',
    A11: [
      'Counters that go back or wrap',
      'Counters keep the value that the server prints, as Prometheus expects: a smaller value counts as a restart. A count of nginx from 2^63 on is left out, because nginx prints negative counts in this form.',
    ],
    A12: 'The server restarts, gracefully or not',
    A13: 'Keys twice, missing, new; other versions',
    A14: '401, 403, 404, 500, or another page with 200',
    A15: 'A name that does not exist, no answer, no address, an answer that changes',
    A16: [
      'Refused, reset, no descriptor left, no route',
      'There is no separate metric for running out of descriptors. Compare process_open_fds with process_max_fds; the log line of the failed poll quotes EMFILE.',
    ],
    A17: [
      'Certificates that are expired, of another name, self-signed; old TLS; certificates renewed',
      'There is no metric of when a certificate expires. Use probe_ssl_earliest_cert_expiry of blackbox_exporter, which sees the certificate that visitors see; the status page may have another one. An expired certificate is webserver_up 0 with result="tls".',
    ],
    A18: [
      'A thousand targets, a hundred of them dead',
      'Polls of different targets run at the same time, without a limit on their number; each ends at its own deadline. Measured with 1000 targets.',
    ],
    A19: 'A reload removes a target',
  }),
  group('Logs', {
    B1: 'Rename and create, chains of renames, delete and create',
    B2: 'A server that writes to the renamed file for minutes',
    B3: [
      'copytruncate, with the copy and without',
      'When a log is truncated without a copy, the lines written since the last check (at most 250 ms earlier) are lost, and their number is unknown. Rotate by renaming, or with copytruncate.',
    ],
    B4: 'Truncated and regrown past the old size, or to the same size',
    B5: 'The inode number of a deleted file is given to another',
    B6: 'Symbolic links that move, dangle or loop; directories, pipes, devices',
    B7: [
      'A line cut by a check, a rotation, a restart; a character cut in two; CRLF',
      'A last line without its newline is not counted, and no metric counts it: the server may still be writing it.',
    ],
    B8: 'A line of 1 to 100 MB; an endless line',
    B9: 'NUL runs, invalid UTF-8, a TLS hello, terminal escapes, malformed escapes',
    B10: 'Random hosts, paths, methods, user agents: endless series',
    B11: 'Label values that imitate other labels',
    B12: '__proto__, constructor, toString as names, values and keys',
    B13: 'Lines that make a scanner slow',
    B14: 'No permission, a file that does not exist yet, a directory that cannot be listed',
    B15: 'A long backlog; a writer that is faster than the reader',
    B16: 'Compressed files, editors’ files and rotated files that a pattern matches',
    B17: 'kill -9 at any moment of a checkpoint; a torn file',
    B18: 'A checkpoint that is corrupt, of another version, or cannot be written',
    B19: 'Two exporters on one checkpoint',
    B20: 'The clock jumps by an hour or a year',
  }),
  group('Syslog', {
    C1: [
      'Datagrams that are empty, huge, without a priority, with a bad date or two lines',
      'A datagram is one line, whatever it contains. A datagram that does not fit the format counts as webserver_log_lines_total{result="unparsed"}.',
    ],
    C2: 'A flood of datagrams',
    C3: [
      'A forged sender',
      'There is no list of allowed senders, because the sender of a UDP datagram can be forged. Any client that reaches the port can add lines: receive on 127.0.0.1, or admit only the web servers with a firewall or network policy.',
    ],
    C4: [
      'A stale or foreign unix socket',
      'Syslog over a unix socket is not supported, because Node.js cannot open unix datagram sockets. Use UDP on 127.0.0.1, whose queue is also longer (a unix socket holds 10 datagrams by default).',
    ],
  }),
  group('The exporter’s own port', {
    D1: [
      'Slow clients, idle connections, pipelining, huge headers, bad Accept headers',
      'Only the text format 0.0.4 is served, for every value of Accept; every Prometheus accepts it.',
    ],
    D2: 'More scrapes at once than are answered',
    D3: 'A client leaves in the middle of a scrape',
    D4: '/probe of files, metadata services, disguised addresses, made-up names',
    D5: 'Markup in names',
    D6: 'Guessing passwords; huge passwords; colons',
    D7: 'The web configuration becomes invalid while serving',
    D8: 'A storm of reloads; an invalid configuration',
    D9: 'A row of the table of metrics throws',
  }),
  group('The machine and the process', {
    E1: [
      'No descriptors, no memory, a full or read-only disk, no /proc, no permission',
      'Without memory the kernel ends the process; the next start continues from the checkpoint, as after kill -9 (B17).',
    ],
    E2: 'SIGTERM in the middle of a scrape or a checkpoint; SIGTERM twice',
    E3: [
      'An uncaught exception or rejection',
      'A defect ends the process with 1 after one line of the log. No checkpoint is written then, because the data in memory may be wrong; the last one is at most a second old.',
    ],
    E4: [
      'A week of rotations',
      'Run for minutes, not for a week: `npm run soak`, and its result below.',
    ],
  }),
];

export const faults: readonly Fault[] = faultGroups.flatMap((one) => one.faults);
