/** A fault that the exporter must survive. Its tests bear its id at the beginning of their titles. */
export interface Fault {
  readonly id: string;
  readonly fault: string;
  /** What is left as it is on purpose, and why. */
  readonly choice?: string;
}

export const faultGroups: Readonly<Record<string, string>> = {
  A: 'Targets',
  B: 'Logs',
  C: 'Syslog',
  D: 'The exporter’s own port',
  E: 'The machine and the process',
};

export const faults: readonly Fault[] = [
  { id: 'A1', fault: 'A server accepts the connection and says nothing' },
  { id: 'A2', fault: 'One byte now and then; a header that drips; interim answers without end' },
  { id: 'A3', fault: 'A huge body' },
  { id: 'A4', fault: 'A compression bomb' },
  { id: 'A5', fault: 'A redirect loop; a redirect to another host' },
  { id: 'A6', fault: 'Bad chunks, length and chunks together, HTTP/0.9, a header that overflows' },
  { id: 'A7', fault: 'A body that ends too soon' },
  { id: 'A8', fault: 'Invalid UTF-8, NUL and CR in fields' },
  { id: 'A9', fault: 'A scoreboard of a million characters; unknown letters' },
  { id: 'A10', fault: 'Negative numbers, NaN, infinity, 1e400, suffixes' },
  {
    id: 'A11',
    fault: 'Counters that go back or wrap',
    choice:
      'Counters are passed on as the server prints them, as Prometheus wants: it takes a smaller value for a restart. A count of nginx from 2^63 on is left out: nginx prints a count below zero so.',
  },
  { id: 'A12', fault: 'The server restarts, gracefully or not' },
  { id: 'A13', fault: 'Keys twice, missing, new; other versions' },
  { id: 'A14', fault: '401, 403, 404, 500, or a page of something else with 200' },
  { id: 'A15', fault: 'No such name, no answer, no address, an answer that changes' },
  {
    id: 'A16',
    fault: 'Refused, reset, no descriptor left, no route',
    choice:
      'There is no separate metric for running out of descriptors. Compare process_open_fds with process_max_fds; the log line of the failed poll quotes EMFILE.',
  },
  {
    id: 'A17',
    fault: 'Certificates expired, of another name, self-signed; old TLS; certificates renewed',
    choice:
      'There is no metric of when a certificate expires. Use probe_ssl_earliest_cert_expiry of blackbox_exporter, which sees the certificate that visitors see; that of a status page may be another. An expired one is webserver_up 0 with result="tls".',
  },
  {
    id: 'A18',
    fault: 'A thousand targets, a hundred of them dead',
    choice:
      'Polls of different targets run at the same time, without a limit on their number; each ends at its own deadline. Measured with 1000 targets.',
  },
  { id: 'A19', fault: 'A reload removes a target' },
  { id: 'B1', fault: 'Rename and create, chains of renames, delete and create' },
  { id: 'B2', fault: 'A server that writes into the renamed file for minutes' },
  {
    id: 'B3',
    fault: 'copytruncate, with the copy and without',
    choice:
      'When a log is truncated without a copy, the lines written since the last look (at most 250 ms earlier) are lost, and nobody can tell how many. Rotate by renaming, or with copytruncate.',
  },
  { id: 'B4', fault: 'Truncated and regrown past the old size, or to the same size' },
  { id: 'B5', fault: 'The inode number of a deleted file is given to another' },
  { id: 'B6', fault: 'Symbolic links that move, dangle or loop; directories, pipes, devices' },
  {
    id: 'B7',
    fault: 'A line cut by a poll, a rotation, a restart; a character cut in two; CRLF',
    choice:
      'A last line without its newline is not counted, and no metric counts it: the server may still be writing it.',
  },
  { id: 'B8', fault: 'A line of 1 to 100 MB; a line without end' },
  { id: 'B9', fault: 'NUL runs, invalid UTF-8, a TLS hello, terminal escapes, malformed escapes' },
  { id: 'B10', fault: 'Random hosts, paths, methods, user agents: series without end' },
  { id: 'B11', fault: 'Label values that imitate other labels' },
  { id: 'B12', fault: '__proto__, constructor, toString as names, values and keys' },
  { id: 'B13', fault: 'Lines that make a scanner slow' },
  { id: 'B14', fault: 'No permission, not there yet, a directory that cannot be listed' },
  { id: 'B15', fault: 'A long backlog; a writer that is faster than the reader' },
  {
    id: 'B16',
    fault: 'Compressed files, editors’ files and rotated files that a pattern matches',
  },
  { id: 'B17', fault: 'kill -9 at any moment of a checkpoint; a torn file' },
  { id: 'B18', fault: 'A checkpoint that is corrupt, of another version, or cannot be written' },
  { id: 'B19', fault: 'Two exporters on one checkpoint' },
  { id: 'B20', fault: 'The clock jumps by an hour or a year' },
  {
    id: 'C1',
    fault: 'Datagrams that are empty, huge, without a priority, with a bad date or two lines',
    choice:
      'A datagram is one line, whatever it holds; what does not fit the format counts as webserver_log_lines_total{result="unparsed"}.',
  },
  { id: 'C2', fault: 'A flood of datagrams' },
  {
    id: 'C3',
    fault: 'A forged sender',
    choice:
      'There is no list of allowed senders, because the sender of a UDP datagram can be forged. Whoever reaches the port can add lines: receive on 127.0.0.1, or let only the web servers through with a firewall or network policy.',
  },
  {
    id: 'C4',
    fault: 'A stale or foreign unix socket',
    choice:
      'Syslog over a unix socket is not supported, because Node.js cannot open unix datagram sockets. Use UDP on 127.0.0.1, whose queue is also longer (a unix socket holds 10 datagrams by default).',
  },
  {
    id: 'D1',
    fault: 'Slow clients, idle connections, pipelining, huge headers, bad Accept headers',
    choice:
      'Only the text format 0.0.4 is served, whatever Accept says; every Prometheus takes it.',
  },
  { id: 'D2', fault: 'More scrapes at once than are answered' },
  { id: 'D3', fault: 'A client goes away in the middle of a scrape' },
  { id: 'D4', fault: '/probe of files, metadata services, disguised addresses, made-up names' },
  { id: 'D5', fault: 'Markup in names' },
  { id: 'D6', fault: 'Guessing passwords; huge passwords; colons' },
  { id: 'D7', fault: 'The web configuration becomes invalid while serving' },
  { id: 'D8', fault: 'A storm of reloads; an invalid configuration' },
  { id: 'D9', fault: 'A row of the table of metrics throws' },
  {
    id: 'E1',
    fault: 'No descriptors, no memory, a full or read-only disk, no /proc, no permission',
    choice:
      'Out of memory the kernel ends the process; the next start goes on from the checkpoint, as after kill -9 (B17).',
  },
  { id: 'E2', fault: 'SIGTERM in the middle of a scrape or a checkpoint; SIGTERM twice' },
  {
    id: 'E3',
    fault: 'An exception or rejection that nobody catches',
    choice:
      'A defect ends the process with 1 after one line of the log. No checkpoint is written then: what is in memory may be what is wrong, and the last one is at most a second old.',
  },
  {
    id: 'E4',
    fault: 'A week of rotations',
    choice: 'Run for minutes, not for a week: `npm run soak`, and its result below.',
  },
];
