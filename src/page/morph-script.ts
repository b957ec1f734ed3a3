/**
 * Browser code. It makes one element equal to another and changes only the differences, so that an update keeps the focus,
 * the selection and the position of a screen reader. An element with an id is moved, not rewritten. The focused board
 * keeps its label, because a screen reader reads each change of it aloud.
 */
export const morphScript = `
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return void old.replaceWith(fresh);
  if (old.nodeType !== 1) { old.nodeValue = fresh.nodeValue; return; }
  morphAttributes(old, fresh);
  const wanted = [...fresh.childNodes];
  wanted.forEach((child, i) => {
    const place = old.childNodes[i];
    const same = child.id ? [...old.children].find(({ id }) => id === child.id) : place;
    if (!same) return void old.insertBefore(child, place ?? null);
    if (same !== place) old.insertBefore(same, place);
    morph(same, child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}
function morphAttributes(old, fresh) {
  const kept = old === document.activeElement && old.classList.contains('board') ? 'aria-label' : '';
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) {
    const value = fresh.getAttribute(name);
    if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}`;
