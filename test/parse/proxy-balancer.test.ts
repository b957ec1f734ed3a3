import { expect, test } from 'vitest';
import { createProxyBalancerReader } from '../../src/parse/proxy-balancer.ts';

function read(lines: Readonly<Record<string, string>>) {
  const reader = createProxyBalancerReader();
  const refused = Object.entries(lines).flatMap(([key, value]) =>
    reader.read(key, value) ? [] : [key],
  );
  return { balancers: reader.balancers(), refused };
}

test('createProxyBalancerReader() reads balancers and their workers, each under its number', () => {
  const { balancers, refused } = read({
    'ProxyBalancer[0]Name': 'balancer://app',
    'ProxyBalancer[0]Worker[0]Name': 'http://10.0.0.1',
    'ProxyBalancer[0]Worker[0]Status': 'Init Ok',
    'ProxyBalancer[0]Worker[0]Elected': '7',
    'ProxyBalancer[0]Worker[0]Busy': '1',
    'ProxyBalancer[0]Worker[0]Sent': '12K',
    'ProxyBalancer[0]Worker[0]Rcvd': '34k',
    'ProxyBalancer[0]Worker[1]Busy': '2',
    'ProxyBalancer[1]Worker[0]Busy': '3',
    'ProxyBalancer[1]Sticky': 'none',
    BusyWorkers: '9',
  });
  expect(refused).toEqual([]);
  expect(balancers).toEqual([
    {
      name: 'balancer://app',
      workers: [
        {
          name: 'http://10.0.0.1',
          status: 'Init Ok',
          elected: 7,
          busy: 1,
          sentKibibytes: 12,
          receivedKibibytes: 34,
        },
        { name: 'unknown', busy: 2 },
      ],
    },
    { name: 'unknown', workers: [{ name: 'unknown', busy: 3 }] },
  ]);
});

test('createProxyBalancerReader() refuses a count that is not a number, and keeps the rest', () => {
  const { balancers, refused } = read({
    'ProxyBalancer[0]Worker[0]Sent': '1K2',
    'ProxyBalancer[0]Worker[0]Busy': '-1',
    'ProxyBalancer[0]Worker[0]Elected': '5',
  });
  expect(refused).toEqual(['ProxyBalancer[0]Worker[0]Sent', 'ProxyBalancer[0]Worker[0]Busy']);
  expect(balancers[0]?.workers).toEqual([{ name: 'unknown', elected: 5 }]);
});

test.each(['xProxyBalancer[0]Name', 'ProxyBalancer[0]Name:', 'ProxyBalancer[12345]Name'])(
  'createProxyBalancerReader() ignores %s',
  (key) => {
    expect(read({ [key]: 'a' })).toEqual({ balancers: [], refused: [] });
  },
);
