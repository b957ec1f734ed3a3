import { slotPalette } from './slot-palette.ts';

/** Black or white for the letter on a square. One of the two always has a contrast of 4.5:1. */
function inkOn(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(
    (at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}

const stateRules = Object.entries(slotPalette)
  .map(([state, { color, neutral }]) => {
    const value = neutral ? 'var(--track)' : color;
    const ink = neutral ? '' : `.board .state-${state}{color:${inkOn(color)}}`;
    return `.state-${state}{fill:${value};background:${value}}${ink}`;
  })
  .join('\n');

/** The whole style of the page, inline: often a browser can reach the exporter but no other host. */
export const pageStyle = `
:root{--back:#f3f5f8;--card:#fff;--line:#dfe4ea;--text:#1b2430;--soft:#586474;--track:#d5dae1;--link:#0b62b0;
--good:#0a7a57;--bad:#c02b12;--raised:#9a5b00;--bad-back:#fdeeea;--hint-back:#eaf2fb}
@media (prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b212a;--line:#2d3642;--text:#e6ebf1;--soft:#9aa7b6;
--track:#3a4552;--link:#6db3f2;--good:#4cc79b;--bad:#ff8a70;--raised:#f2b04d;--bad-back:#3a221d;--hint-back:#1d2b3a}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;
font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ul{margin:0;padding:0}
a{color:var(--link)}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
header.top,main,footer.bottom{max-width:980px;margin:0 auto;padding:16px 20px}
header.top{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between}
.brand{display:flex;align-items:center;gap:10px}
.brand h1{font-size:18px;letter-spacing:-.01em}
.brand p,.what,.meaning,.limit,.model,.todo,.stale-note,footer{color:var(--soft);font-size:13px}
.mark{width:32px;height:32px;flex:none}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px}
main{display:grid;gap:16px;padding-top:0}
.card,.hint,.summary>div{background:var(--card);border:1px solid var(--line);border-radius:10px}
.card{padding:18px 20px;min-width:0}
.card>header{display:flex;flex-wrap:wrap;gap:6px 16px;justify-content:space-between;align-items:flex-start;margin-bottom:12px}
.card h2{font-size:18px;overflow-wrap:anywhere}
.card>footer{display:flex;flex-wrap:wrap;gap:2px 16px;margin-top:14px;padding-top:10px;border-top:1px solid var(--line);overflow-wrap:anywhere}
.summary{display:grid;grid-template-columns:repeat(3,1fr);gap:16px}
.summary>div{padding:14px 18px}
.title,dt{font-size:13px;color:var(--soft)}
.value,.ratios dd:not(.meaning){font-size:26px;line-height:1.25;font-weight:600;letter-spacing:-.02em}
.value small{font-size:15px;font-weight:400;color:var(--soft)}
.ratio.high{color:var(--bad)}
.ratio.raised{color:var(--raised)}
.unknown{color:var(--soft);font-weight:400;font-size:.8em}
.badges{display:flex;flex-wrap:wrap;gap:6px}
.badge{display:inline-flex;align-items:center;gap:6px;padding:2px 10px;border:1px solid currentColor;border-radius:99px;
font-size:13px;font-weight:600;white-space:nowrap;margin-right:4px}
.badge svg{width:9px;height:9px;fill:currentColor;flex:none}
.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}.badge.neutral{color:var(--soft)}
.ratios{display:grid;grid-template-columns:repeat(3,1fr);gap:8px 16px;margin-bottom:14px}
.slots{margin-top:14px}
.slots-head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 16px}
.slots h3{font-size:14px}
.bar{display:block;width:100%;height:26px;border-radius:6px;margin:6px 0 8px;background:var(--track)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;font-size:14px}
.legend small{color:var(--soft)}
.swatch{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:4px}
.model{margin-top:12px}
.board{display:grid;grid-template-columns:repeat(auto-fill,18px);gap:3px;margin:8px 0 4px;padding:2px}
.board i{height:18px;border-radius:3px;font:600 10px/18px ui-monospace,Menlo,Consolas,monospace;text-align:center;color:#fff}
.board.small{grid-template-columns:repeat(auto-fill,13px);gap:2px}.board.small i{height:13px;font-size:8px;line-height:13px}
.board .here{outline:3px solid var(--text)}.board-note{margin-bottom:6px}.board-note b{color:var(--text)}
#live-note:not(:empty){position:fixed;z-index:1;bottom:12px;left:50%;transform:translateX(-50%);width:max-content;max-width:94vw;padding:6px 16px;
border-radius:6px;border:1px solid var(--line);font-weight:600;background:var(--hint-back)}
.lost #live-note:not(:empty){background:var(--bad-back);border-color:var(--bad)}
.lost .board:not(:focus-visible){outline:2px dashed var(--bad);outline-offset:2px}.lost .ratio{color:var(--soft);font-weight:400}.lost .badge{color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (forced-colors:active){.board i,.bar,.swatch{forced-color-adjust:none}}
button{font:inherit;color:var(--link);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 14px;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.connections{margin-top:14px}.connections h3{font-size:14px}.connections dl{display:grid;grid-template-columns:repeat(4,1fr);gap:4px 16px;margin:4px 0}
.connections dd{font-weight:600}.source{font-size:13px;font-weight:600}
.advice{margin-top:14px}.advice h3{font-size:14px}.advice pre{margin:6px 0}.advice ul{padding-left:18px}
.curve{display:block;width:100%;height:auto;margin:8px 0}.curve text{font:11px system-ui,sans-serif;fill:var(--soft)}
.curve .band{fill:var(--link);fill-opacity:.15}.curve polyline{fill:none;stroke-width:2}.curve .slots-line{stroke:var(--link)}.slots-swatch{background:var(--link)}
.curve .reuse-line{stroke:var(--good);stroke-dasharray:6 3}.reuse-swatch{background:var(--good)}.curve .limit-line{stroke:var(--bad)}
.curve .mark-line{stroke:var(--soft);stroke-dasharray:2 3}.curve .mark-word{fill:var(--text);font-weight:600}
.failure{background:var(--bad-back);border-left:4px solid var(--bad);border-radius:6px;padding:10px 14px;margin-bottom:12px;overflow-wrap:anywhere}
.evidence{color:var(--bad);margin-bottom:12px}
.hint{background:var(--hint-back);padding:14px 20px}
.hint h2{font-size:16px}
.hint pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px 12px}
table{width:100%;border-collapse:collapse;font-size:14px}
caption{text-align:left;font-weight:600;padding-bottom:6px}
th,td{text-align:left;padding:5px 10px 5px 0;border-top:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
thead th{border-top:0;color:var(--soft);font-size:13px}
.number{text-align:right;white-space:nowrap}
.overview{overflow-x:auto}
.part{margin-top:16px}
@media (max-width:640px){.summary{grid-template-columns:1fr}.ratios,.connections dl{grid-template-columns:1fr 1fr}
.overview thead{display:none}.overview tr{display:grid;grid-template-columns:1fr 1fr;gap:2px 12px;padding:8px 0;border-top:1px solid var(--line)}
.overview th,.overview td{border:0;padding:0;text-align:left}.overview th{font-weight:600}.overview .states{grid-column:1/-1}
.overview td[data-label]::before{content:attr(data-label) " ";color:var(--soft);font-size:13px}
header.top,main,footer.bottom{padding:12px}
.summary{gap:8px}.summary>div{padding:10px 14px}.card{padding:14px}.value,.ratios dd:not(.meaning){font-size:22px}}
${stateRules}
`;
