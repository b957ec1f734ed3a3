import { expect, test } from 'vitest';
import { parseHtmlTables } from '../../src/parse/html-tables.ts';

const textsOf = (html: string) =>
  parseHtmlTables(html).tables.map((table) => table.map((row) => row.map(({ text }) => text)));

test('parseHtmlTables() keeps cells of rows of tables, with entities decoded and white space cut', () => {
  const html = '<TABLE><tr><th>A&amp;B</th><td> 1\n</td></tr><tr><td>&lt;2&gt;</td></tr></TABLE>';
  expect(parseHtmlTables(html).tables).toEqual([
    [
      [
        { kind: 'th', text: 'A&B' },
        { kind: 'td', text: '1' },
      ],
      [{ kind: 'td', text: '<2>' }],
    ],
  ]);
  expect(textsOf(`${html}<table></table>`)).toEqual([[['A&B', '1'], ['<2>']], []]);
});

test('parseHtmlTables() ends what is not closed where the next begins, and takes no text from between', () => {
  expect(textsOf('<table><tr><td>1<td>2<tr><th>3</table>outside<p>')).toEqual([
    [['1', '2'], ['3']],
  ]);
  expect(textsOf('<table><tr><td>1</tr>between<tr><th>2</th>after</tr></table>')).toEqual([
    [['1'], ['2']],
  ]);
  expect(textsOf('<td>a cell of no table')).toEqual([]);
});

test('parseHtmlTables() keeps preformatted text to its end, and not what follows', () => {
  const html = '<p>before</p><pre>one <b>two</b></pre>after<pre>three</pre><table><tr><td>4';
  expect(parseHtmlTables(html)).toEqual({
    preformatted: ['one two', 'three'],
    tables: [[[{ kind: 'td', text: '4' }]]],
  });
});
