import { maxCards } from './boards.ts';
import { renderCard } from './card.ts';
import { formatDuration } from './format.ts';
import { type Html, html, renderHtml, scriptElement, styleElement } from './html.ts';
import { liveScript } from './live-script.ts';
import type { PageHint, PageLink, PageModel, PageTarget } from './model.ts';
import { isUp, sortByTrouble } from './rank.ts';
import { pageStyle } from './style.ts';
import { renderOverview, renderSummary } from './summary.ts';
import { visibleText } from './visible-text.ts';

/**
 * The whole page. It loads nothing from elsewhere: style and script are inline, and `pageContentSecurityPolicy` (csp.ts)
 * allows them by their hashes.
 */
export function renderPage(model: PageModel): string {
  const body = html`${renderHeader(model)}
<main>
${model.hint && renderHint(model.hint)}
${model.targets.length > 0 ? renderTargets(model) : renderNoTargets()}
</main>
${renderFooter(model)}`;
  const { refreshSeconds } = model;
  const open =
    refreshSeconds === undefined ? html`<body>` : html`<body data-refresh="${refreshSeconds}">`;
  const script = refreshSeconds === undefined ? html`` : scriptElement(liveScript);
  return `<!doctype html>\n<html lang="en">\n${[renderHead(model), open, body, script].map(renderHtml).join('\n')}\n</body>\n</html>\n`;
}

const overviewFrom = 4;

function renderHead({ refreshSeconds, targets }: PageModel): Html {
  const down = targets.filter((target) => target.view !== undefined && !isUp(target)).length;
  const title = down > 0 ? `(${down} down) keepalive-exporter` : 'keepalive-exporter';
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds === undefined ? undefined : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
<title>${title}</title>
${styleElement(pageStyle)}
</head>`;
}

function renderHeader({ exporter, nowSeconds, links, refreshSeconds }: PageModel): Html {
  return html`<header class="top">
<div class="brand">${brandMark}<h1>keepalive-exporter</h1><p>${visibleText(exporter.version, 40)}, up ${formatDuration(nowSeconds - exporter.startTimeSeconds)}</p></div>
<nav aria-label="Exporter">${links.map(renderLink)}</nav>
${refreshSeconds === undefined ? undefined : liveControls}
</header>`;
}

/** Filled and shown by the live script. */
const liveControls = html`<button type="button" id="live" hidden>Pause updates</button><p id="live-note"></p><p id="live-status" class="unseen" role="status"></p>`;

function renderLink({ href, label }: PageLink): Html {
  return html`<a href="${href}">${label}</a>`;
}

function renderTargets(model: PageModel): Html {
  const sorted = sortByTrouble(model.targets);
  const carded = new Set(sorted.slice(0, maxCards));
  const idOf = (target: PageTarget) =>
    carded.has(target) ? `target-${model.targets.indexOf(target)}` : undefined;
  const cards = sorted.map((target) => {
    const id = idOf(target);
    return id && renderCard(target, { id, nowSeconds: model.nowSeconds });
  });
  return html`${renderSummary(model.targets)}
${model.targets.length >= overviewFrom ? renderOverview(sorted, idOf) : undefined}
${cards}`;
}

function renderNoTargets(): Html {
  return html`<section class="card empty"><h2>No targets</h2><p>The exporter has no servers to poll. Add them under <code>targets</code> in the file given by <code>--config.file</code>.</p></section>`;
}

function renderHint({ title, paragraphs, example, link }: PageHint): Html {
  return html`<aside class="hint" aria-label="Hint"><h2>${title}</h2>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
${example === undefined ? undefined : html`<pre tabindex="0">${example}</pre>`}
${link && html`<p>${renderLink(link)}</p>`}</aside>`;
}

function renderFooter({ refreshSeconds }: PageModel): Html {
  const refresh =
    refreshSeconds === undefined
      ? html`Automatic refresh is off. <a href="/">Resume</a>`
      : html`<noscript>Refreshes every ${refreshSeconds} s. <a href="/?refresh=off">Pause</a></noscript>`;
  return html`<footer class="bottom"><p>${refresh}</p></footer>`;
}

const brandMark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect class="state-writing" x="3" y="5" width="9" height="6" rx="2"/><rect class="state-keepalive" x="14" y="5" width="15" height="6" rx="2"/><rect class="state-writing" x="3" y="13" width="5" height="6" rx="2"/><rect class="state-keepalive" x="10" y="13" width="19" height="6" rx="2"/><rect class="state-keepalive" x="3" y="21" width="12" height="6" rx="2"/><rect class="state-open" x="17" y="21" width="12" height="6" rx="2"/></svg>`;
