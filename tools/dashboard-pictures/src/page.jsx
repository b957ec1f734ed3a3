import { useMemo, useLayoutEffect, useState, Component } from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, ThemeContext, dateTime, getFieldDisplayValues, getDisplayValueAlignmentFactors, renderMarkdown, getDisplayProcessor, FieldType, EventBusSrv } from '@grafana/data';
import { TimeSeries, BigValue, PanelChrome, VizRepeater, VizLayout, GlobalStyles, PanelContextProvider, getTextColorForAlphaBackground } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { toFrames } from './frames.js';
import { prepare } from './config.js';
import { Timeline, StatusHistory, Heatmap, Trend } from './standins.jsx';

const CELL = 30, GAP = 8;

function NoData({ panel, w, h }) {
  return <div style={{ width: w, height: h, display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center', fontSize: 14, color: 'inherit', padding: 8 }}>{panel.fieldConfig?.defaults?.noValue || 'No data'}</div>;
}

function Annotations({ config, annotations }) {
  useLayoutEffect(() => {
    config.addHook('draw', (u) => {
      const c = u.ctx; c.save(); c.beginPath(); c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height + 12 * devicePixelRatio); c.clip();
      for (const a of annotations) {
        const x0 = u.valToPos(a.time, 'x', true), bottom = u.bbox.top + u.bbox.height;
        const line = (x) => { c.strokeStyle = a.color; c.lineWidth = 2 * devicePixelRatio; c.setLineDash([5, 5]); c.beginPath(); c.moveTo(x, u.bbox.top); c.lineTo(x, bottom); c.stroke(); };
        line(x0);
        c.fillStyle = a.color;
        if (a.timeEnd) {
          const x1 = u.valToPos(a.timeEnd, 'x', true); line(x1);
          c.globalAlpha = 0.1; c.fillRect(x0, u.bbox.top, x1 - x0, u.bbox.height); c.globalAlpha = 1; c.fillRect(x0, bottom, Math.max(2, x1 - x0), 5 * devicePixelRatio);
        } else { c.beginPath(); c.moveTo(x0, bottom); c.lineTo(x0 + 4, bottom + 7); c.lineTo(x0 - 4, bottom + 7); c.fill(); }
      }
      c.restore();
    });
  }, [config]);
  return null;
}

function Viz({ panel, data, w, h, input, theme, timeRange }) {
  const { frames, fieldConfig } = data;
  const o = panel.options;
  const some = frames.some((f) => f.length > 0);
  switch (panel.type) {
    case 'stat': {
      const getValues = () => getFieldDisplayValues({ fieldConfig, reduceOptions: o.reduceOptions, replaceVariables: (t) => t, theme, data: frames, sparkline: o.graphMode !== 'none', percentChange: o.showPercentChange, timeZone: 'utc' });
      return <VizRepeater getValues={getValues} getAlignmentFactors={getDisplayValueAlignmentFactors} source={frames} width={w} height={h} itemSpacing={3} renderCounter={0} autoGrid orientation={o.orientation}
        renderValue={({ value, alignmentFactors, width, height, count, orientation }) => (
          <BigValue value={value.display} count={count} sparkline={value.sparkline && { ...value.sparkline, timeRange }} colorMode={o.colorMode} graphMode={o.graphMode} justifyMode={o.justifyMode} textMode={o.textMode} alignmentFactors={alignmentFactors} parentOrientation={orientation} width={width} height={height} theme={theme} disableWideLayout={!o.wideLayout} percentChangeColorMode={o.percentChangeColorMode} />)} />;
    }
    case 'timeseries':
      if (!some) return <NoData {...{ panel, w, h }} />;
      return <TimeSeries frames={frames} structureRev={1} timeRange={timeRange} timeZone="utc" width={w} height={h} legend={o.legend} options={o}>{(config) => <Annotations config={config} annotations={input.annotations} />}</TimeSeries>;
    case 'table':
      if (!some) return <NoData {...{ panel, w, h }} />;
      return <TableNG data={frames[o.frameIndex ?? 0]} width={w} height={h} noHeader={!o.showHeader} showTypeIcons={o.showTypeIcons} resizable sortBy={o.sortBy} cellHeight={o.cellHeight} fieldConfig={fieldConfig} noValue={fieldConfig.defaults.noValue} structureRev={1} enableVirtualization={false} timeRange={timeRange} />;
    case 'state-timeline': return some ? <Timeline {...{ panel, frames, w, h, theme, timeRange, annotations: input.annotations }} /> : <NoData {...{ panel, w, h }} />;
    case 'status-history': return some ? <StatusHistory {...{ panel, frames, w, h, theme, timeRange, annotations: input.annotations }} /> : <NoData {...{ panel, w, h }} />;
    case 'heatmap': return some ? <Heatmap {...{ panel, frames, w, h, theme, timeRange }} /> : <NoData {...{ panel, w, h }} />;
    case 'trend': return some ? <Trend {...{ panel, frames, w, h, theme }} /> : <NoData {...{ panel, w, h }} />;
    default: return <div>unknown panel type {panel.type}</div>;
  }
}

class Guard extends Component { state = {}; static getDerivedStateFromError(error) { return { error }; } render() { return this.state.error ? <pre style={{ color: 'red', fontSize: 10 }}>{String(this.state.error.stack)}</pre> : this.props.children; } }

function Panel({ panel, box, data, input, theme, timeRange }) {
  const bus = useMemo(() => new EventBusSrv(), []);
  const context = useMemo(() => ({ eventsScope: 'x', eventBus: bus, app: 'dashboard' }), []);
  return <div data-panel={panel.id} data-title={panel.title} style={{ position: 'absolute', ...box }}>
    <PanelContextProvider value={context}>
      <PanelChrome width={box.width} height={box.height} title={panel.title} description={panel.description ? () => renderMarkdown(panel.description) : undefined} displayMode={panel.transparent ? 'transparent' : 'default'} titleItems={(panel.links?.length ?? 0) > 0 ? <span>↗</span> : undefined} padding={panel.type === 'table' ? 'none' : 'md'}>
        {(w, h) => <Guard><Viz {...{ panel, data, w, h, input, theme, timeRange }} /></Guard>}
      </PanelChrome>
    </PanelContextProvider>
  </div>;
}

/** Rows expanded: what stands below an opened row moves down, as in Grafana. */
function layout(panels, rows) {
  const out = []; let shift = 0;
  for (const p of [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)) {
    out.push({ panel: p, y: p.gridPos.y + shift });
    if (p.type === 'row' && p.collapsed && rows !== 'collapsed' && p.panels?.length) {
      const delta = p.gridPos.y + shift + 1 - Math.min(...p.panels.map((q) => q.gridPos.y));
      let bottom = 0;
      for (const q of p.panels) { out.push({ panel: q, y: q.gridPos.y + delta }); bottom = Math.max(bottom, q.gridPos.y + delta + q.gridPos.h); }
      shift += bottom - (p.gridPos.y + shift + 1);
    }
  }
  return out;
}

async function draw(input) {
  const theme = createTheme({ colors: { mode: input.mode ?? 'dark' } });
  const timeRange = { from: dateTime(input.from), to: dateTime(input.to), raw: { from: 'now-15m', to: 'now' } };
  const placed = layout(input.dashboard.panels, input.rows);
  const inner = input.width - 32;
  const unit = (inner - GAP * 23) / 24;
  const narrow = input.width < 768;
  const box = ({ panel: { gridPos: g }, y }) => ({ left: 16 + g.x * (unit + GAP), top: y * (CELL + GAP), width: g.w * unit + (g.w - 1) * GAP, height: g.h * CELL + (g.h - 1) * GAP });
  const data = {};
  for (const { panel } of placed) if (panel.type !== 'row') data[panel.id] = await prepare(panel, toFrames(input.results[panel.id]), theme, { from: input.from, to: input.to });
  const height = Math.max(...placed.map((p) => box(p).top + box(p).height)) + 24;
  window.frames_ = data;
  const chip = { display: 'inline-flex', border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, marginRight: 8, fontSize: 12, height: 32, alignItems: 'center' };
  function Root() {
    return <ThemeContext.Provider value={theme}><GlobalStyles hackNoBackdropBlur={false} />
      <div style={{ width: input.width, background: theme.colors.background.canvas, color: theme.colors.text.primary, fontFamily: theme.typography.fontFamily }}>
        <div style={{ padding: '10px 16px 4px', fontSize: 14 }}>Home › Dashboards › <b>{input.dashboard.title}</b><span style={{ float: 'right', fontSize: 12, color: theme.colors.text.secondary }}>{input.note} · {new Date(input.from).toISOString().slice(11, 16)} to {new Date(input.to).toISOString().slice(11, 16)} · refresh {input.dashboard.refresh}</span></div>
        <div style={{ padding: '4px 16px 10px' }}>{input.shown.map((v) => <span key={v.label} style={chip}><span style={{ padding: '0 8px', background: theme.colors.background.secondary, height: '100%', lineHeight: '30px' }}>{v.label}</span><span style={{ padding: '0 10px' }}>{v.text} ⌄</span></span>)}
          {(input.dashboard.annotations?.list ?? []).filter((a) => !a.hide).map((a) => <span key={a.name} style={{ ...chip, border: 'none', color: theme.colors.text.secondary }}>{a.name} <span style={{ background: theme.colors.primary.main, borderRadius: 8, width: 26, height: 14, margin: '0 4px', display: 'inline-block' }} /></span>)}
          {(input.dashboard.links ?? []).map((l) => <span key={l.title} style={{ ...chip, padding: '0 8px', float: 'right' }}>{l.title} (links by tag)</span>)}</div>
        <div style={{ position: 'relative', height }} id="grid">
          {placed.map((p) => p.panel.type === 'row'
            ? <div key={p.panel.id} data-row={p.panel.title} style={{ position: 'absolute', ...box(p), fontSize: 16, fontWeight: 500, display: 'flex', alignItems: 'center', borderBottom: `1px solid ${theme.colors.border.weak}` }}>⌄ &nbsp;{p.panel.title}{p.panel.collapsed ? <span style={{ color: theme.colors.text.secondary, fontSize: 12, marginLeft: 8 }}>({p.panel.panels.length} panels; collapsed as delivered)</span> : null}</div>
            : <Panel key={p.panel.id} panel={p.panel} box={box(p)} data={data[p.panel.id]} {...{ input, theme, timeRange }} />)}
        </div>
      </div></ThemeContext.Provider>;
  }
  if (window.root_) window.root_.unmount();
  document.body.innerHTML = '<div id="root"></div>';
  window.root_ = createRoot(document.getElementById('root'));
  window.root_.render(<Root />);
  await new Promise((r) => setTimeout(r, 1200));
  return { height: document.documentElement.scrollHeight };
}
window.draw = draw;
