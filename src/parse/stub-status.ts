import { err, ok, type Result } from '../result.ts';
import type { NginxStatus } from '../snapshot/nginx-status.ts';
import type { BadField, NotAStatusPage, ParsedPage } from '../snapshot/status-page.ts';
import { explainForeignPage } from './foreign-page.ts';
import { parseCount } from './number.ts';
import { excerpt } from './printable.ts';

/** The page of src/http/modules/ngx_http_stub_status_module.c; Tengine adds a fourth number to its third line. */
const pageShape =
  /^Active connections:[ ]*(?<active>\S+)\s*\nserver accepts handled requests(?: request_time)?\s*\n[ ]*(?<accepts>\S+)[ ]+(?<handled>\S+)[ ]+(?<requests>\S+)(?:[ ]+(?<requestTimeMilliseconds>\S+))?\s*\nReading:[ ]*(?<reading>\S+)[ ]+Writing:[ ]*(?<writing>\S+)[ ]+Waiting:[ ]*(?<waiting>\S+)\s*$/;

const lineOfField: ReadonlyMap<string, number> = new Map([
  ['active', 1],
  ['accepts', 3],
  ['handled', 3],
  ['requests', 3],
  ['requestTimeMilliseconds', 3],
  ['reading', 4],
  ['writing', 4],
  ['waiting', 4],
]);

/** A killed worker can leave a gauge below zero; nginx prints it as an integer just under 2^64. */
const wrappedBelowZero = 2 ** 63;

/** Parses nginx's stub_status page. Values that are not plain numbers are left out and reported. */
export function parseStubStatus(page: string): Result<ParsedPage<NginxStatus>, NotAStatusPage> {
  const groups = page.length > 4096 ? undefined : pageShape.exec(page)?.groups;
  if (groups === undefined) return err(explainForeignPage(page, 'nginx'));
  const fields: Record<string, number> = {};
  const badFields: BadField[] = [];
  for (const [field, line] of lineOfField) {
    const text = groups[field];
    if (text === undefined) continue;
    const value = parseCount(text);
    if (value === undefined || value >= wrappedBelowZero) {
      badFields.push({ field, line, found: excerpt(text) });
    } else fields[field] = value;
  }
  return ok({ snapshot: { kind: 'nginx', ...fields }, badFields });
}
