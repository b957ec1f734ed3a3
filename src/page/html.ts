/** Markup that is safe to send. Only {@link html} and the elements below create it, so text is never used as markup. */
export interface Html {
  readonly [markup]: string;
}

export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/**
 * Template tag. The template is markup. Inserted values are text and are escaped, both between tags and in double-quoted
 * attributes.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markupOf = literals.map((literal, i) => literal + renderPart(parts[i]));
  return { [markup]: markupOf.join('') };
}

/** A style element. Its content is not escaped, because browsers do not unescape it, and its hash would change. */
export function styleElement(ownStyle: string): Html {
  return { [markup]: `<style>${ownStyle}</style>` };
}

/** A script element, unescaped for the same reason. */
export function scriptElement(ownScript: string): Html {
  return { [markup]: `<script>${ownScript}</script>` };
}

/** The markup as text. */
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
