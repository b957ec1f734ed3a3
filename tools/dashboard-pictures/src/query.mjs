// Node side: what Grafana's server and its variables do. Reads a dashboard, asks Prometheus, returns plain JSON for the page.
import { readFileSync } from 'node:fs';

const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const seconds = (s) => { const m = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(s); return +m[1] * { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800 }[m[2]]; };
const span = (s) => `${Math.round(s)}s`;
const escapeRegex = (v) => v.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&');

/** As intervalv2 of Grafana: rounds (to - from) / points to a nice number, not under the minimum. */
export function stepOf(range, points, minimum) {
  const raw = range / points;
  const rounded = nice.reduce((best, n) => (Math.abs(n - raw) < Math.abs(best - raw) ? n : best), nice[0]);
  return Math.max(rounded, minimum);
}

export async function collect(file, { prometheus, from, to, scrape = 5, picked = {}, width = 1600 }) {
  const dashboard = JSON.parse(readFileSync(file, 'utf8'));
  const get = async (path, parameters) => {
    const started = Date.now();
    const response = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = await response.json();
    return { ...body, took: Date.now() - started };
  };
  const values = {}, shown = [], choices = {};
  const fill = (text, extra = {}) => text
    .replace(/\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g, (all, braced, format, plain) => {
      const name = braced ?? plain;
      if (name in extra) return extra[name];
      return name in values ? values[name] : all;
    });
  /** As Grafana's query variables: the values of a label, or what a regular expression finds in the series of a result. */
  const valuesOf = async ({ query, regex }) => {
    const [, expr] = /^query_result\((.*)\)$/.exec(query) ?? [];
    if (expr !== undefined) {
      const answer = await get('query', { query: fill(expr, { __range: span(to - from) }), time: to });
      const pattern = new RegExp(regex.slice(1, -1));
      return (answer.data?.result ?? []).flatMap(({ metric }) => {
        const text = Object.entries(metric).map(([name, value]) => `${name}="${value}"`).join(',');
        return pattern.exec(text)?.[1] ?? [];
      });
    }
    const [, metric, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(query);
    return (await get(`label/${label}/values`, { 'match[]': fill(metric), start: from, end: to })).data ?? [];
  };
  for (const v of dashboard.templating.list) {
    let options = [];
    if (v.type === 'datasource') { values[v.name] = 'prometheus'; shown.push({ label: v.label, text: 'Prometheus' }); continue; }
    if (v.type === 'query') {
      options = await valuesOf(v);
    } else if (v.type === 'custom') options = v.query.split(',').map((s) => s.trim());
    choices[v.name] = options;
    let chosen = picked[v.name];
    if (chosen === 'first') chosen = options[0];
    if (chosen === undefined) chosen = v.current?.value ?? (v.includeAll ? '$__all' : options[0]);
    const list = Array.isArray(chosen) ? chosen : [chosen];
    if (list[0] === '$__all') { values[v.name] = v.allValue ?? `(${options.map(escapeRegex).join('|')})`; if (v.hide !== 2) shown.push({ label: v.label ?? v.name, text: 'All' }); }
    else { values[v.name] = v.multi ? (list.length > 1 ? `(${list.map(escapeRegex).join('|')})` : escapeRegex(list[0])) : list[0]; shown.push({ label: v.label ?? v.name, text: list.join(' + ') }); }
  }
  const range = to - from;
  const chosenOf = (name) => { const p = picked[name]; const all = choices[name] ?? []; return p && p[0] !== '$__all' ? (Array.isArray(p) ? p : [p]) : all; };
  let nextId = 9000;
  const expand = (panels) => { const out = []; let shift = 0;
    for (const q of panels) { const c = structuredClone(q); c.gridPos.y += shift; if (c.panels) c.panels = expand(c.panels);
      if (!c.repeat) { out.push(c); continue; }
      const found = chosenOf(c.repeat); const vs = found.length > 0 ? found : ['']; const named = (v) => (found.length > 0 ? v : 'All'); const per = Math.min(c.maxPerRow ?? 4, Math.max(1, vs.length)); const w = Math.floor(24 / per);
      vs.forEach((v, i) => out.push({ ...structuredClone(c), id: nextId++, title: c.title.replace('$' + c.repeat, named(v)), scoped: { [c.repeat]: v }, gridPos: { x: (i % per) * w, y: c.gridPos.y + Math.floor(i / per) * c.gridPos.h, w, h: c.gridPos.h } }));
      shift += (Math.max(1, Math.ceil(vs.length / per)) - 1) * c.gridPos.h; }
    return out; };
  dashboard.panels = expand(dashboard.panels);
  const results = {}, problems = [];
  const ask = async (panel, target) => {
    const pixels = Math.max(100, Math.round(((width - 32) / 24) * panel.gridPos.w) - 16);
    const step = stepOf(range, panel.maxDataPoints ?? pixels, panel.interval ? seconds(panel.interval) : scrape);
    const macros = { __rate_interval: span(Math.max(step + scrape, 4 * scrape)), __interval: span(step), __interval_ms: String(step * 1000), __range: span(range), __range_s: String(Math.round(range)), __range_ms: String(range * 1000) };
    const query = fill(target.expr, { ...macros, ...panel.scoped });
    const answer = target.instant
      ? await get('query', { query, time: to })
      : await get('query_range', { query, start: Math.floor(from / step) * step, end: Math.floor(to / step) * step, step });
    const result = { refId: target.refId, legendFormat: target.legendFormat, format: target.format, instant: !!target.instant, step, query, status: answer.status, error: answer.error, data: answer.data?.result ?? [], took: answer.took };
    problems.push({ panel: panel.title, type: panel.type, refId: target.refId, series: result.data.length, error: answer.error, step, took: answer.took, query });
    return result;
  };
  const walk = async (panels) => {
    for (const panel of panels) {
      if (panel.type === 'row') { await walk(panel.panels ?? []); continue; }
      results[panel.id] = await Promise.all((panel.targets ?? []).map((t) => ask(panel, t)));
    }
  };
  await walk(dashboard.panels);
  const annotations = [];
  for (const a of dashboard.annotations?.list ?? []) {
    if (!a.enable || !a.expr) continue;
    const step = Math.max(seconds(a.step || '60s'), 1);
    const answer = await get('query_range', { query: fill(a.expr, { __rate_interval: span(Math.max(step + scrape, 4 * scrape)) }), start: from, end: to, step });
    if (answer.error) problems.push({ panel: `annotation ${a.name}`, error: answer.error, query: a.expr });
    for (const series of answer.data?.result ?? []) {
      const seen = new Set(); let region;
      for (const [t, v] of series.values) {
        if (a.useValueForTime) { if (!seen.has(v)) { seen.add(v); annotations.push({ name: a.name, color: a.iconColor, time: +v }); } continue; }
        if (v !== '1') continue;
        if (region && t - region.last <= step) { region.last = t; region.timeEnd = t * 1000; }
        else { region = { name: a.name, color: a.iconColor, time: t * 1000, last: t }; annotations.push(region); }
      }
    }
  }
  return { dashboard, shown, choices, values, results, annotations, from: from * 1000, to: to * 1000, width, problems };
}
