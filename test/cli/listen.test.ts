import { expect, test } from 'vitest';
import { listen } from '../../src/cli/serve.ts';

const address = { host: '127.0.0.1', port: 9921 };

async function messageOf(code: string): Promise<string> {
  let written = '';
  const failing = {
    listen: () => Promise.reject(Object.assign(new Error(`listen ${code}`), { code })),
  };
  const io = {
    stderr: (text: string) => {
      written += text;
    },
  };
  expect(await listen(failing, address, io)).toBe(false);
  return written;
}

test('E1 listen() names the limit of open files when that is what keeps it from listening', async () => {
  expect(await messageOf('EMFILE')).toBe(
    'keepalive-exporter: cannot listen on 127.0.0.1 port 9921: listen EMFILE; raise the limit of open files (LimitNOFILE= of the unit, or ulimit -n)\n',
  );
  expect(await messageOf('EADDRINUSE')).toContain('; choose another --web.listen-address\n');
});
