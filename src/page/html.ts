/** Markup that is safe to send as it is. Only {@link html} makes it, so text cannot pass for it by mistake. */
export interface Html {
  readonly [markup]: string;
}

export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/**
 * Template tag: what is written in the template is markup, what is put into it is text and gets escaped, whether
 * it stands between tags or in a double-quoted attribute. Only the page's own style sheet is not escaped.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markupOf = literals.map((literal, i) => literal + renderPart(parts[i]));
  return { [markup]: markupOf.join('') };
}

/** A style element; browsers read its content as it stands, so escaping it would change it (and its hash). */
export function styleElement(ownStyle: string): Html {
  return { [markup]: `<style>${ownStyle}</style>` };
}

/** A script element, unescaped for the same reason. */
export function scriptElement(ownScript: string): Html {
  return { [markup]: `<script>${ownScript}</script>` };
}

/** The finished markup. */
export function renderHtml(part: Html): string {
  return part[markup];
}

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const markup = Symbol('markup');

function renderPart(part: HtmlPart): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (isHtml(part)) return part[markup];
  return part.map(renderPart).join('');
}

function isHtml(part: Html | readonly HtmlPart[]): part is Html {
  return markup in part;
}
