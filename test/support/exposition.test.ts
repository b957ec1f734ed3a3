import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition.ts';

const SLOTS = '# HELP slots Slots.\n# TYPE slots gauge\n';

describe('parseExposition()', () => {
  it('parseExposition() keeps name, type, help and samples of each family', () => {
    const { families } = parseExposition(`${SLOTS}slots{state="idle"} 3\n# TYPE up gauge\nup 1\n`);
    expect([...families.values()]).toEqual([
      {
        name: 'slots',
        type: 'gauge',
        help: 'Slots.',
        samples: [{ name: 'slots', labels: { state: 'idle' }, value: 3 }],
      },
      { name: 'up', type: 'gauge', help: '', samples: [{ name: 'up', labels: {}, value: 1 }] },
    ]);
  });

  it('parseExposition() finds the parts of a histogram and of a summary', () => {
    const exposition = parseExposition(
      [
        '# TYPE wait histogram',
        'wait_bucket{le="0.5"} 1',
        'wait_bucket{le="+Inf"} 2',
        'wait_sum 3.5e-1',
        'wait_count 2',
        '# TYPE gc summary',
        'gc{quantile="0"} NaN',
        'gc_sum 0',
        'gc_count 0\n',
      ].join('\n'),
    );
    expect(exposition.value('wait_bucket', { le: '+Inf' })).toBe(2);
    expect(exposition.value('wait_sum')).toBe(0.35);
    expect(exposition.value('gc', { quantile: '0' })).toBeNaN();
  });

  it('parseExposition() takes an empty text as no families', () => {
    expect(parseExposition('').families.size).toBe(0);
  });

  it.each([
    ['\\\\', '\\'],
    ['\\"', '"'],
    ['\\n', '\n'],
    ['a,b="c}', undefined],
    ['a}, {b', 'a}, {b'],
    ['a\u2028\rb', 'a\u2028\rb'],
    ['\\\\n', '\\n'],
  ])('parseExposition() reads the label value %j', (written, meant) => {
    const text = `${SLOTS}slots{path="${written}"} 1\n`;
    if (meant === undefined) expect(() => parseExposition(text)).toThrow('not a label');
    else expect(parseExposition(text).samples('slots')[0]?.labels).toEqual({ path: meant });
  });

  it.each([
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['-1.5e+09', -1.5e9],
    ['.5', 0.5],
  ])('parseExposition() reads the value %s', (written, meant) => {
    expect(parseExposition(`${SLOTS}slots ${written}\n`).value('slots')).toBe(meant);
  });

  it.each([
    ['a last line without its end', `${SLOTS}slots 1`, 'no end'],
    ['a blank line', `${SLOTS}\nslots 1\n`, 'line 3 "": blank'],
    ['a carriage return', '# TYPE slots gauge\r\nslots 1\r\n', 'unknown type'],
    ['a comment', '# made by hand\n', 'neither HELP nor TYPE'],
    ['a sample without TYPE', 'slots 1\n', 'before its TYPE'],
    ['a sample with only HELP', '# HELP slots Slots.\nslots 1\n', 'before its TYPE'],
    ['HELP alone', '# HELP slots Slots.\n', 'has no TYPE'],
    ['a second HELP', `${SLOTS}# HELP slots Again.\n`, 'second HELP'],
    ['a second TYPE', `${SLOTS}# TYPE slots gauge\n`, 'second TYPE'],
    ['TYPE after samples', `${SLOTS}slots 1\n# TYPE slots gauge\n`, 'after samples'],
    ['an unknown type', '# TYPE slots number\n', 'unknown type'],
    ['interleaved families', `${SLOTS}slots 1\n# TYPE up gauge\nup 1\n${SLOTS}`, 'two places'],
    ['a sample in another family', `${SLOTS}# TYPE up gauge\nslots 1\n`, 'not of the gauge up'],
    ['a bucket of a gauge', `${SLOTS}slots_bucket{le="1"} 1\n`, 'not of the gauge slots'],
    ['a series twice', `${SLOTS}slots{a="1",b="2"} 1\nslots{b="2",a="1"} 1\n`, 'second time'],
    ['a label twice', `${SLOTS}slots{a="1",a="2"} 1\n`, 'label a twice'],
    ['a comma at the end', `${SLOTS}slots{a="1",} 1\n`, 'comma'],
    ['an unknown escape', `${SLOTS}slots{a="\\t"} 1\n`, 'not a label'],
    ['a bad label name', `${SLOTS}slots{0a="1"} 1\n`, 'not a label'],
    ['a bad value', `${SLOTS}slots one\n`, 'not a value'],
    ['Infinity as JavaScript writes it', `${SLOTS}slots Infinity\n`, 'not a value'],
    ['a timestamp', `${SLOTS}slots 1 1700000000000\n`, 'not a sample'],
  ])('parseExposition() refuses %s', (_, text, problem) => {
    expect(() => parseExposition(text)).toThrow(problem);
  });
});

describe('value()', () => {
  const exposition = parseExposition(
    `${SLOTS}slots{target="a",state="idle"} 1\nslots{target="b",state="idle"} 2\n`,
  );

  it('value() needs only the labels that tell a sample from the others', () => {
    expect(exposition.value('slots', { target: 'b' })).toBe(2);
  });

  it('value() is undefined for a sample that is not there', () => {
    expect(exposition.value('slots', { target: 'c' })).toBeUndefined();
    expect(exposition.value('slot')).toBeUndefined();
  });

  it('value() refuses to choose between two samples', () => {
    expect(() => exposition.value('slots', { state: 'idle' })).toThrow('ambiguous: 2 samples');
  });
});
