/** The style of the HTML report. Every colour of text has a contrast of 4.5 at least in both themes (WCAG 2.2 AA). */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f8; --text: #1b1f24; --quiet: #4d5560; --line: #c9d0d8; --link: #0b57c2;
  --bar: #1f6fd6; --track: #e3e8ee; --focus: #b3470a;
  --level0: #eceff3; --level1: #c5dcf7; --level2: #8dbaf0; --level3: #5295e4; --level4: #1f6fd6; --level5: #0b4796;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --panel: #1d232a; --text: #e9edf1; --quiet: #b3bcc7; --line: #3c4651; --link: #8ab8ff;
    --bar: #6ba6f7; --track: #2a323b; --focus: #ffb07a;
    --level0: #222931; --level1: #24405f; --level2: #2c5c91; --level3: #3b7cc4; --level4: #6ba6f7; --level5: #b5d3fd;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 3rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; }
p { max-width: 70ch; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--page); padding: 0.25rem 0.5rem; z-index: 1; }
main:focus { outline: none; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 0.5rem; margin: 0; }
dl div { background: var(--panel); border-radius: 0.4rem; padding: 0.6rem 0.8rem; }
dt { color: var(--quiet); font-size: 0.85rem; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 1.25rem 0 0; padding: 0.6rem 0;
  border-block: 1px solid var(--line); }
figure { margin: 1.25rem 0; max-width: 46rem; }
figcaption { font-weight: 600; margin-bottom: 0.5rem; }
details { margin-top: 0.5rem; }
summary { color: var(--link); cursor: pointer; }
.chart { display: block; font-size: 0.85rem; overflow: visible; }
.chart text { fill: var(--text); }
.chart .tick { fill: var(--quiet); font-size: 0.75rem; }
.bar { fill: var(--bar); }
.track { fill: var(--track); }
.axis { stroke: var(--quiet); }
.grid { stroke: var(--line); stroke-dasharray: 3 4; }
.level0 { fill: var(--level0); } .level1 { fill: var(--level1); } .level2 { fill: var(--level2); }
.level3 { fill: var(--level3); } .level4 { fill: var(--level4); } .level5 { fill: var(--level5); }
.scroll { overflow-x: auto; margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 0.4rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; color: var(--quiet); padding: 0.5rem 0.75rem; }
th, td { padding: 0.4rem 0.75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { background: var(--panel); white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 0.9em ui-monospace, monospace; white-space: nowrap; }
footer { margin-top: 3rem; color: var(--quiet); font-size: 0.85rem; }
@media print { nav, .skip { display: none; } .scroll { overflow: visible; border: 0; } }`;
