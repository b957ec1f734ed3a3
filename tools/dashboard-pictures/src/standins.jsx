// Honest stand-ins for the panels that live in Grafana's core: SVG, with the panel's own mappings, thresholds and colours.
import { getFieldDisplayName, getActiveThreshold, formattedValueToString, getValueFormat } from '@grafana/data';
import { VizLegend, VizLayout, measureText } from '@grafana/ui';
import * as d3 from 'd3-scale-chromatic';

const alpha = (hex, a) => hex + Math.round(a * 255).toString(16).padStart(2, '0');
const color = (theme, name) => theme.visualization.getColorByName(name ?? 'gray');

/** Steps of thresholds as Grafana writes them in the legend: "< 1", "1+". */
function thresholdItems(config, theme) {
  const format = getValueFormat(config.unit ?? '');
  const text = (v) => formattedValueToString(format(v, config.decimals ?? undefined));
  return config.thresholds.steps.map((s, i, all) => ({
    label: s.value === -Infinity && i < all.length - 1 ? `< ${text(all[i + 1].value)}` : `${text(s.value)}+`, color: color(theme, s.color), yAxis: 1 }));
}

const byThreshold = (field) => field.config.color?.mode === 'thresholds' && field.config.thresholds?.steps?.length;

/** Text and colour of a value; merged thresholds replace the mappings (mergeThresholdValues of Grafana's core). */
function stateOf(field, merge, theme) {
  if (merge && byThreshold(field)) {
    const items = thresholdItems(field.config, theme);
    return (v) => { const i = field.config.thresholds.steps.indexOf(getActiveThreshold(v, field.config.thresholds.steps)); return { text: items[i].label, color: items[i].color }; };
  }
  return (v) => { const d = field.display(v); return { text: formattedValueToString(d), color: d.color }; };
}

function legendItems(fields, merge, theme) {
  const first = fields[0].config;
  const mode = first.color?.mode ?? 'fixed';
  if (mode === 'thresholds' && first.thresholds?.steps?.length > 1) return thresholdItems(first, theme);
  if (mode.startsWith('continuous')) return [];
  const seen = new Map();
  for (const f of fields) for (const v of f.values) if (v != null) { const s = stateOf(f, merge, theme)(v); if (s.color) seen.set(s.text, s.color); }
  return [...seen].map(([label, c]) => ({ label, color: color(theme, c), yAxis: 1 }));
}

const ticks = (from, to, width) => {
  const wanted = (to - from) / Math.max(2, width / 110);
  const step = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map((s) => s * 1000).find((s) => s >= wanted) ?? 86400000;
  const out = []; for (let t = Math.ceil(from / step) * step; t <= to; t += step) out.push(t); return out;
};

function Frame({ panel, w, h, theme, timeRange, items, names, draw, annotations = [], axis }) {
  const legend = panel.options.legend?.showLegend && items?.length ? <VizLayout.Legend placement={panel.options.legend.placement}><VizLegend placement={panel.options.legend.placement} items={items} displayMode={panel.options.legend.displayMode} /></VizLayout.Legend> : null;
  return <VizLayout width={w} height={h} legend={legend}>{(vw, vh) => {
    const left = Math.min(vw * 0.6, Math.max(30, ...names.map((n) => measureText(n, 12).width)) + 28);
    const bottom = 28, pw = vw - left - 8, ph = vh - bottom - 8;
    const from = timeRange.from.valueOf(), to = timeRange.to.valueOf();
    const x = (t) => left + ((t - from) / (to - from)) * pw;
    return <svg width={vw} height={vh} style={{ fontSize: 12, fontFamily: theme.typography.fontFamily, overflow: 'hidden' }}>
      {ticks(from, to, pw).map((t) => <g key={t}><line x1={x(t)} x2={x(t)} y1={8} y2={8 + ph} stroke={theme.colors.border.weak} /><text x={x(t)} y={vh - 10} textAnchor="middle" fill={theme.colors.text.primary}>{new Date(t).toISOString().slice(11, 16)}</text></g>)}
      {draw({ x, left, top: 8, pw, ph, from, to })}
      {annotations.filter((a) => a.time >= from && a.time <= to).map((a, i) => <g key={i} stroke={a.color} fill={a.color}><line x1={x(a.time)} x2={x(a.time)} y1={8} y2={8 + ph} strokeDasharray="5 5" strokeWidth={2} />{a.timeEnd ? <rect x={x(a.time)} width={x(a.timeEnd) - x(a.time)} y={8 + ph} height={5} stroke="none" /> : null}</g>)}
      {axis?.({ left, top: 8, ph, pw })}
    </svg>; }}</VizLayout>;
}

const values = (frames) => frames.flatMap((frame) => frame.fields.filter((f) => f.type !== 'time').map((f) => ({ f, time: frame.fields[0], name: getFieldDisplayName(f, frame, frames) })));

export function Timeline({ panel, frames, w, h, theme, timeRange, annotations }) {
  const rows = values(frames).slice(0, panel.options.perPage ?? 20);
  const merge = panel.options.mergeValues ?? true;
  const items = legendItems(rows.map((r) => r.f), merge, theme);
  return <Frame {...{ panel, w, h, theme, timeRange, items, annotations }} names={rows.map((r) => r.name)} draw={({ x, left, top, ph, to }) => rows.map(({ f, time, name }, i) => {
    const state = stateOf(f, merge, theme), step = time.config.interval ?? 30000, band = ph / rows.length, height = band * (panel.options.rowHeight ?? 0.9);
    const y = top + i * band + (band - height) / 2, boxes = [];
    for (let k = 0; k < f.values.length; k++) {
      const v = f.values[k]; if (v == null) continue;
      const s = state(v), start = time.values[k], gap = (time.values[k + 1] ?? Infinity) - start > step * 1.5;
      const end = Math.min(gap ? start + step : time.values[k + 1], to);
      const last = boxes.at(-1);
      if (last && merge && last.end === start && last.text === s.text) last.end = end; else boxes.push({ start, end, ...s });
    }
    return <g key={i}><text x={left - 10} y={y + height / 2 + 4} textAnchor="end" fill={theme.colors.text.primary}>{name}</text>
      {boxes.map((b, k) => <rect key={k} x={Math.max(left, x(b.start))} width={Math.max(1, x(b.end) - Math.max(left, x(b.start)))} y={y} height={height} fill={alpha(color(theme, b.color), (f.config.custom.fillOpacity ?? 70) / 100)} />)}</g>;
  })} />;
}

export function StatusHistory({ panel, frames, w, h, theme, timeRange, annotations }) {
  const rows = values(frames).slice(0, panel.options.perPage ?? 20);
  const points = Math.max(...frames.map((f) => f.length));
  if (points > w / 2) return <div style={{ width: w, height: h, display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center' }}><p>Too many points to visualize properly. <br />Update the query to return fewer points. <br />({points} points received)</p></div>;
  return <Frame {...{ panel, w, h, theme, timeRange, annotations }} items={legendItems(rows.map((r) => r.f), false, theme)} names={rows.map((r) => r.name)} draw={({ x, left, top, ph }) => rows.map(({ f, time, name }, i) => {
    const band = ph / rows.length, height = band * (panel.options.rowHeight ?? 0.9), y = top + i * band + (band - height) / 2;
    const step = time.config.interval ?? 30000;
    return <g key={i}><text x={left - 10} y={y + height / 2 + 4} textAnchor="end" fill={theme.colors.text.primary}>{name}</text>
      {f.values.map((v, k) => { if (v == null || Number.isNaN(v)) return null; const d = f.display(v); const cell = (x(step) - x(0)) * (panel.options.colWidth ?? 0.9); const c = color(theme, d.color);
        return <rect key={k} x={Math.max(left, x(time.values[k]) - cell / 2)} width={cell} y={y} height={height} fill={alpha(c, (f.config.custom.fillOpacity ?? 70) / 100)} stroke={c} strokeWidth={f.config.custom.lineWidth ?? 1} />; })}</g>;
  })} />;
}

/** As the heatmap of Grafana's core: every second label is left out until each has ten pixels. */
function labelsEach(rows, height) {
  let each = 1;
  while (rows / each > 3 && (height - 15) / (rows / each) < 10) each *= 2;
  return each;
}

export function Heatmap({ panel, frames, w, h, theme, timeRange }) {
  const o = panel.options;
  const scale = d3[`interpolate${o.color.scheme}`] ?? d3.interpolateOranges;
  const rows = values(frames);
  const floor = o.filterValues?.le ?? -Infinity;
  const all = rows.flatMap((r) => r.f.values).filter((v) => v > floor && Number.isFinite(v));
  const min = Math.min(...all), max = Math.max(...all);
  const count = o.color.steps ?? 64;
  const shade = (v) => { let t = max > min ? (v - min) / (max - min) : 1; t = Math.floor(t * (count - 1)) / (count - 1); return scale(o.color.reverse ? 1 - t : theme.isDark ? t : 1 - t); };
  const unit = getValueFormat(o.yAxis?.unit ?? 'short');
  const label = (n) => { const v = n === '+Inf' ? Infinity : +n; return Number.isFinite(v) ? formattedValueToString(unit(v)) : n; };
  const bar = <div style={{ height: 30, display: 'flex', gap: 8, alignItems: 'center', fontSize: 12, paddingLeft: 40 }}><span>{formattedValueToString(getValueFormat('short')(min, 1))}</span><div style={{ width: 240, height: 8, background: `linear-gradient(to right, ${Array.from({ length: 12 }, (_, i) => shade(min + ((max - min) * i) / 11)).join(',')})` }} /><span>{formattedValueToString(getValueFormat('short')(max, 1))}</span></div>;
  return <div><Frame {...{ panel: { ...panel, options: { ...o, legend: {} } }, w, h: h - (o.legend?.show ? 30 : 0), theme, timeRange }} names={rows.map((r) => label(r.name))}
    draw={({ x, left, top, ph }) => { const n = rows.length, ch = ph / n, every = labelsEach(n, ph); return <g>{rows.map(({ f, time, name }, i) => { const step = time.config.interval, y = top + ph - (i + 1) * ch; return <g key={i}>
      {i % every === 0 ? <text x={left - 10} y={y + 4} textAnchor="end" fill={theme.colors.text.primary}>{label(name)}</text> : null}
      {f.values.map((v, k) => (v > floor ? <rect key={k} x={Math.max(left, x(time.values[k] - step))} width={Math.max(1, x(time.values[k]) - x(time.values[k] - step) - (o.cellGap ?? 1))} y={y} height={Math.max(1, ch - (o.cellGap ?? 1))} fill={shade(v)} /> : null))}</g>; })}</g>; }} />{o.legend?.show ? bar : null}</div>;
}

/** Curves over a number: the horizontal axis is the field that the panel names, each curve has its own scale. */
export function Trend({ panel, frames, w, h, theme }) {
  const [frame] = frames;
  const nameOf = (f) => getFieldDisplayName(f, frame, frames);
  const xs = frame.fields.find((f) => nameOf(f) === panel.options.xField)?.values ?? [];
  const ys = frame.fields.filter((f) => f.type === 'number' && nameOf(f) !== panel.options.xField);
  const left = 40, bottom = 60, top = 8;
  const maxX = Math.max(1e-9, ...xs);
  const x = (v) => left + (v / maxX) * (w - left - 20);
  return <svg width={w} height={h} fontSize="12" fill={theme.colors.text.primary}>
    <line x1={left} x2={w - 20} y1={h - bottom} y2={h - bottom} stroke={theme.colors.border.medium} />
    {[0, 0.5, 1].map((part) => <text key={part} x={x(part * maxX)} y={h - bottom + 16} textAnchor="middle">{Number((part * maxX).toPrecision(3))} s</text>)}
    {ys.map((field, at) => {
      const max = Math.max(1e-9, ...field.values.filter(Number.isFinite));
      const y = (v) => h - bottom - (v / max) * (h - bottom - top);
      const color = field.config.color?.fixedColor ?? theme.visualization.palette[at];
      const points = xs.map((v, k) => [x(v), y(field.values[k])]).filter(([, v]) => Number.isFinite(v));
      return <g key={nameOf(field)}><polyline fill="none" stroke={color} strokeWidth="2" points={points.map((p) => p.join(',')).join(' ')} />
        {points.map(([a, b]) => <circle key={a} cx={a} cy={b} r="3" fill={color} />)}
        <text x={left} y={h - 6 - 16 * (ys.length - 1 - at)} fill={color}>{nameOf(field)} (at most {formattedValueToString(getValueFormat(field.config.unit ?? 'short')(max))})</text></g>;
    })}
  </svg>;
}
