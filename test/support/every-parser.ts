import { parseConfig } from '../../src/config/parse-config.ts';
import { parseWebConfig } from '../../src/config/web-config.ts';
import { parseApacheConfig } from '../../src/parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../../src/parse/apache-config/split-words.ts';
import { parseApacheErrorLine } from '../../src/parse/apache-error-line.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import { parseApacheStatusHtml } from '../../src/parse/apache-status-html.ts';
import { createCriUnwrapper } from '../../src/parse/cri-line.ts';
import { createErrorLogReader } from '../../src/parse/error-log-reader.ts';
import { explainForeignPage } from '../../src/parse/foreign-page.ts';
import { parseHtmlTables } from '../../src/parse/html-tables.ts';
import {
  findApacheFormat,
  findNginxFormat,
} from '../../src/parse/log-format/find-server-format.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { parseNginxErrorLine } from '../../src/parse/nginx-error-line.ts';
import { parseCount, parseDecimal } from '../../src/parse/number.ts';
import { printable } from '../../src/parse/printable.ts';
import { parseProcNetTcp } from '../../src/parse/proc-net-tcp.ts';
import { parseUdpDrops } from '../../src/parse/proc-net-udp.ts';
import { parseProcNetstat } from '../../src/parse/proc-netstat.ts';
import { parseOpenFilesLimit, parseProcessStat, parseRollup } from '../../src/parse/proc-pid.ts';
import {
  parseHostsFile,
  parseResolvConf,
  searchCandidates,
} from '../../src/parse/resolver-files.ts';
import { parseScoreboard } from '../../src/parse/scoreboard.ts';
import { createLineSplitter } from '../../src/parse/split-lines.ts';
import { parseSsSockets } from '../../src/parse/ss-sockets.ts';
import { parseStubStatus } from '../../src/parse/stub-status.ts';
import { syslogMessageStart } from '../../src/parse/syslog-message.ts';
import { createLogRecord } from '../../src/snapshot/log-record.ts';

export type AnyParser = (text: string) => unknown;

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

/** What reads text that a server or a visitor chose; results are not larger than their text allows. */
export const everyParser: Readonly<Record<string, AnyParser>> = {
  parseApacheStatus,
  parseApacheStatusHtml,
  parseApacheErrorLine,
  parseNginxErrorLine,
  explainForeignPage: (text) => explainForeignPage(text, 'nginx'),
  parseHtmlTables,
  findApacheFormat: (text) => findApacheFormat(text, 'a'),
  findNginxFormat: (text) => findNginxFormat(text, 'a'),
  parseNginxConfig,
  parseApacheConfig,
  splitApacheWords,
  parseCount,
  parseDecimal,
  printable,
  parseUdpDrops: (text) => parseUdpDrops(text, 514),
  parseProcNetTcp: (text) => parseProcNetTcp([bytesOf(text)], [80]),
  parseProcNetstat,
  parseOpenFilesLimit,
  parseProcessStat,
  parseRollup,
  parseHostsFile,
  parseResolvConf: (text) => searchCandidates('a.b', parseResolvConf(text)),
  parseScoreboard,
  parseSsSockets: (text) => parseSsSockets(bytesOf(text), [8124]),
  parseStubStatus,
  syslogMessageStart: (text) => syslogMessageStart(bytesOf(text)),
  errorLogOfApache: (text) => readErrorLog('apache', text),
  errorLogOfNginx: (text) => readErrorLog('nginx', text),
  containerLog: readContainerLog,
  ...Object.fromEntries(
    ['combined', 'json', 'upstreaminfo', '%h %l %u %t "%r" %>s %O %D %k %X %v'].map((format) => [
      `accessLog ${format}`,
      accessLogReader(format),
    ]),
  ),
};

/** What reads text of the operator. */
export const everyConfigParser: Readonly<Record<string, AnyParser>> = {
  parseConfig,
  parseWebConfig,
  parseLogFormat: (format) => parseLogFormat({ format }).ok,
};

function readErrorLog(server: 'apache' | 'nginx', text: string): unknown {
  const read = createErrorLogReader(server);
  return text.split('\n').flatMap((line) => read(line, line.length) ?? []);
}

function readContainerLog(text: string): unknown {
  const lines: string[] = [];
  const { consume } = createCriUnwrapper({
    stream: 'stdout',
    consume: (from, start, end) => lines.push(from.toString('latin1', start, end)),
  });
  createLineSplitter().push(bytesOf(text), consume);
  return lines;
}

function accessLogReader(format: string): AnyParser {
  const parsed = parseLogFormat({ format });
  if (!parsed.ok) throw new Error(parsed.error);
  const { parse } = parsed.value;
  return (text) => {
    let read = 0;
    const record = createLogRecord();
    createLineSplitter().push(bytesOf(`${text}\n`), (bytes, start, end) => {
      if (parse(bytes, start, end, record)) read += 1;
    });
    return read;
  };
}
