import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { compileSourceFormat } from '../../src/pipeline/compile-source-format.ts';

test.each([
  ['combined', false],
  ['$remote_addr [$time_local] $connection', true],
  ['$remote_addr $remote_port [$time_local]', true],
  ['$remote_addr $connection $status', false],
])(
  'compileSourceFormat() hashes addresses of "%s", which follows connections: %s',
  async (format, follows) => {
    const parsed = parseConfig(
      `targets: [{name: a, server: nginx, access_logs: [{path: /x.log, format: '${format}'}]}]`,
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const [target] = parsed.value.targets;
    const [source] = target?.access_logs ?? [];
    if (target === undefined || source === undefined) throw new Error('no target');
    const compiled = await compileSourceFormat(source, target, [1, 2]);
    if (!compiled.ok) throw new Error(compiled.error);
    expect(compiled.value.fields.has('client')).toBe(follows);
  },
);
