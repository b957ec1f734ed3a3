/**
 * Functions for the browser, as text: what a page shows, and how well it can be read. Each is an expression; the
 * tests evaluate it in the page.
 */

/** What the card of a target says in figures, and the headline; `figuresOfMetrics()` of the test has the like. */
export const figuresOnPage = (target: string) => `(() => {
  const card = document.querySelector('.card[data-name="${target}"]');
  const squares = {};
  for (const { classList } of card.querySelector('.board').children) {
    const state = classList[0].replace('state-', '');
    squares[state] = (squares[state] ?? 0) + 1;
  }
  const legend = Object.fromEntries([...card.querySelectorAll('.legend li')].map((item) =>
    [item.childNodes[1].textContent.trim(), Number(item.querySelector('b').textContent)]));
  const term = (name) =>
    [...card.querySelectorAll('dt')].find(({ textContent }) => textContent === name)?.nextElementSibling.textContent ?? 'unknown';
  return {
    squares,
    legend,
    saturation: term('Worker saturation'),
    occupancy: term('Keep-alive slot occupancy'),
    headline: document.querySelectorAll('.summary .value')[1].textContent,
    clients: term('Clients'),
    mostOfOne: term('Most held by one client'),
    exhausted: [...card.querySelectorAll('.badge')].some(({ textContent }) => textContent === 'Exhausted'),
  };
})()`;

/** Width of the ring around the element in focus; 0 without one. */
export const focusRing = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
})()`;

/** By state, the letters of its squares: one each. */
export const lettersOnBoard = (id: string) => `(() => {
  const letters = {};
  for (const { classList, textContent } of document.getElementById('${id}').children) {
    const state = classList[0].replace('state-', '');
    if (!(letters[state] ?? '').includes(textContent)) letters[state] = (letters[state] ?? '') + textContent;
  }
  return letters;
})()`;

/** How many elements can move: transitions and animations. */
export const moves = `[...document.querySelectorAll('*')].filter((element) => {
  const { transitionDuration, animationName } = getComputedStyle(element);
  return transitionDuration !== '0s' || animationName !== 'none';
}).length`;

/**
 * Fills `speech` with all that a screen reader reads out unasked: the status, and a new label of what is in focus, each with
 * the page's time in milliseconds.
 */
export const recordSpeech = `window.speech = [];
  new MutationObserver(() => speech.push([Date.now(), document.getElementById('live-status').textContent]))
    .observe(document.getElementById('live-status'), { childList: true, characterData: true, subtree: true });
  if (document.activeElement !== document.body)
    new MutationObserver(() => speech.push([Date.now(), document.activeElement.getAttribute('aria-label')]))
      .observe(document.activeElement, { attributeFilter: ['aria-label'] });`;

/** WCAG 2.2, 1.4.3: every text that is seen and has a contrast below 4.5:1 (3:1 when large), with its colours. */
export const faintTexts = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((channel) => channel / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const backOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const back = parse(getComputedStyle(at).backgroundColor);
      if (back[3] !== 0) return back;
    }
    return [255, 255, 255];
  };
  const isLarge = ({ fontSize, fontWeight }) =>
    parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
  const faint = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.data.trim();
    if (!words || !element.checkVisibility({ visibilityProperty: true }) || element.closest('.unseen,script,style,noscript')) continue;
    seen += 1;
    const style = getComputedStyle(element);
    if (style.filter !== 'none' || style.opacity !== '1') faint.push(words + ' (filter or opacity)');
    const [high, low] = [luminance(parse(style.color)), luminance(backOf(element))].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (isLarge(style) ? 3 : 4.5)) faint.push(words.slice(0, 40) + ' ' + style.color + ' ' + ratio.toFixed(2));
  }
  return { seen: seen > 20, faint };
})()`;
