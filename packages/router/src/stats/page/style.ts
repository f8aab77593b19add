/** The page's style: one small sheet, light and dark by the reader's own setting, tables that become cards on a phone. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1b2330;--soft:#5b6675;--line:#dfe3e9;--accent:#2f6fdb;--fill:#2f6fdb22;
--up:#117a43;--up-bg:#e2f5ea;--warn:#8a5a00;--warn-bg:#fdf0d0;--down:#b3261e;--down-bg:#fce4e2;--off:#5f4b8b;--off-bg:#ece6f8;--calm:#4a5563;--calm-bg:#eceff3}
@media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--text:#e4e8ee;--soft:#98a3b3;--line:#2c3440;--accent:#78a9ff;--fill:#78a9ff26;
--up:#5fd08f;--up-bg:#143524;--warn:#f0bf5a;--warn-bg:#3a2d0d;--down:#ff8a80;--down-bg:#451a18;--off:#c3b1f2;--off-bg:#2e2645;--calm:#b3bdca;--calm-bg:#28303b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--accent)}
header,main,footer{max-width:1500px;margin:0 auto;padding:0 20px}
header{padding-top:18px}
.top{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 14px}
h1{font-size:20px;margin:0}
h2{font-size:16px;margin:0;overflow-wrap:anywhere}
.soft,small{color:var(--soft)}
small{font-size:12px}
.spring{flex:1}
.note{margin:10px 0 0;padding:8px 12px;border-radius:8px;background:var(--calm-bg)}
.note.up{background:var(--up-bg);color:var(--up)}.note.warn{background:var(--warn-bg);color:var(--warn)}.note.down{background:var(--down-bg);color:var(--down)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:10px;margin:14px 0}
.fact,.chart,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
.fact{padding:8px 12px}
.fact b{display:block;font-size:18px;font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:10px;margin-bottom:14px}
.chart{padding:8px 12px 6px}
.chart h3{display:flex;justify-content:space-between;gap:8px;font-size:12px;font-weight:500;margin:0;color:var(--soft)}
.chart h3 b{color:var(--text);font-weight:600}
.chart svg{display:block;width:100%;height:56px;margin-top:4px}
svg .line{fill:none;stroke:var(--accent);stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}
svg .area{fill:var(--fill);stroke:none}
svg .second{stroke:var(--soft);stroke-dasharray:3 3}
.tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:0 0 12px}
.tools nav{display:flex;flex-wrap:wrap;gap:6px;flex:1}
.tools nav a{display:inline-flex;align-items:center;gap:6px;padding:2px 10px;border:1px solid var(--line);border-radius:99px;background:var(--card);color:var(--text);text-decoration:none;max-width:100%;overflow-wrap:anywhere}
.dot{width:8px;height:8px;border-radius:50%;background:var(--calm);flex:none}
.dot.up{background:var(--up)}.dot.warn{background:var(--warn)}.dot.down{background:var(--down)}.dot.off{background:var(--off)}
section{margin:0 0 14px;overflow:hidden}
.head{display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px;padding:10px 14px;border-bottom:1px solid var(--line)}
.spark{width:120px;height:24px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;table-layout:fixed;min-width:1180px}
th.name{width:14%}th.status,th.errors{width:8%}th.queue{width:5%}th.sessions,th.rate,th.responses,th.latency{width:7%}th.requests{width:9%}th.traffic{width:7.5%}th.check{width:8.5%}th.actions{width:12%}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:12px;font-weight:500;color:var(--soft);white-space:nowrap}
tbody th{font-weight:600;overflow-wrap:anywhere;min-width:110px}
tbody th small{display:block;font-weight:400}
td>b{font-weight:500;white-space:nowrap}td.errors>b,td.check>b{white-space:normal}
td small{display:block;overflow-wrap:anywhere}
tr.sum th,tr.sum td{background:color-mix(in srgb,var(--calm-bg) 45%,transparent)}
.tables table{min-width:600px}.tables td>b{white-space:normal}
.tone{display:inline-block;padding:0 8px;border-radius:99px;font-weight:600}
.tone.up{color:var(--up);background:var(--up-bg)}.tone.warn{color:var(--warn);background:var(--warn-bg)}.tone.down{color:var(--down);background:var(--down-bg)}
.tone.off{color:var(--off);background:var(--off-bg)}.tone.calm{color:var(--calm);background:var(--calm-bg)}
form{display:flex;flex-wrap:wrap;gap:4px;margin:0}form+form{margin-top:4px}
button,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:2px 9px;min-height:28px}
button{cursor:pointer}button:hover{border-color:var(--accent)}button[aria-pressed=true]{background:var(--fill);border-color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
input[type=number]{width:64px}
input[type=search]{min-width:140px;flex:0 1 220px}
ol.events{list-style:none;margin:0;padding:0}
ol.events li{display:flex;flex-wrap:wrap;gap:2px 12px;padding:6px 14px;border-top:1px solid var(--line)}
ol.events li:first-child{border-top:0}
ol.events span{overflow-wrap:anywhere}
footer{padding-bottom:24px}
body.stale .fact b,body.stale .chart,body.stale main{opacity:.5}
[hidden]{display:none!important}
@media (max-width:820px){
header,main,footer{padding-left:12px;padding-right:12px}
thead{display:none}
table,tbody,tr,td,tbody th{display:block}
table,.tables table{min-width:0}
tr{border-top:1px solid var(--line);padding:10px 12px;display:grid;grid-template-columns:repeat(3,1fr);gap:8px 10px}
tbody tr:first-child{border-top:0}
th,td{border:0;padding:0;min-width:0}
tbody th,td.actions,td.wide{grid-column:1/-1}
td::before{content:attr(data-label);display:block;font-size:11px;color:var(--soft)}
td.empty{display:none}
.facts{grid-template-columns:repeat(auto-fit,minmax(96px,1fr));gap:8px}.fact b{font-size:15px}
td>b{white-space:normal}
tr.sum th,tr.sum td{background:none}
tr.sum{background:color-mix(in srgb,var(--calm-bg) 45%,transparent)}
button{min-height:36px;padding:2px 12px}input{min-height:36px}
input[type=search]{flex:1 1 100%}
}
@media (prefers-reduced-motion:no-preference){.tone,.dot{transition:background-color .3s}}
`.trim();
