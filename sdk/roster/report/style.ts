/** The style of the HTML report. Every colour of text has a contrast of 4.5 at least in both themes (WCAG 2.2 AA). */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f8; --text: #1b1f24; --quiet: #4d5560; --line: #c9d0d8; --link: #0b57c2;
  --bar: #1f6fd6; --track: #e3e8ee; --focus: #b3470a;
  --good: #12633a; --good-back: #dcf3e6; --warn: #7a4a00; --warn-back: #fdeecb; --bad: #9b1c1c; --bad-back: #fde3e1;
  --level0: #eceff3; --level1: #c5dcf7; --level2: #8dbaf0; --level3: #5295e4; --level4: #1f6fd6; --level5: #0b4796;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --panel: #1d232a; --text: #e9edf1; --quiet: #b3bcc7; --line: #3c4651; --link: #8ab8ff;
    --bar: #6ba6f7; --track: #2a323b; --focus: #ffb07a;
    --good: #8fe0b4; --good-back: #12351f; --warn: #f6cf7d; --warn-back: #3d2e0a; --bad: #ffb1aa; --bad-back: #451a1a;
    --level0: #222931; --level1: #24405f; --level2: #2c5c91; --level3: #3b7cc4; --level4: #6ba6f7; --level5: #b5d3fd;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 3rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; }
p { max-width: 70ch; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--page); padding: 0.25rem 0.5rem; z-index: 1; }
main:focus { outline: none; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.5rem; margin: 0; }
dl div { background: var(--panel); border-radius: 0.4rem; padding: 0.6rem 0.8rem; }
dt { color: var(--quiet); font-size: 0.85rem; }
dd { margin: 0.1rem 0 0; font-size: 1.1rem; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 1.25rem 0 0; padding: 0.6rem 0;
  border-block: 1px solid var(--line); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.75rem 2.5rem;
  align-items: start; margin: 1rem 0; }
figure { margin: 0; min-width: 0; }
h3 { font-size: 1rem; margin: 0 0 0.5rem; }
figcaption { font-weight: 600; margin-bottom: 0.5rem; }
details { margin-top: 0.5rem; }
summary { color: var(--link); cursor: pointer; }
.chart { display: block; font-size: 0.85rem; overflow: visible; }
.chart text { fill: var(--text); }
.chart .tick { fill: var(--quiet); font-size: 0.75rem; }
.bar { fill: var(--bar); }
.track { fill: var(--track); }
.axis { stroke: var(--quiet); }
.wide { display: none; }
.grid { stroke: var(--line); stroke-dasharray: 3 4; }
.level0 { fill: var(--level0); } .level1 { fill: var(--level1); } .level2 { fill: var(--level2); }
.level3 { fill: var(--level3); } .level4 { fill: var(--level4); } .level5 { fill: var(--level5); }
.scroll { overflow-x: auto; margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 0.4rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { text-align: left; color: var(--quiet); padding: 0.5rem 0.6rem; }
th, td { padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { background: var(--panel); vertical-align: bottom; }
tbody th { font-weight: 500; background: var(--page); overflow-wrap: anywhere; }
tbody tr:hover > * { background: var(--panel); }
th:first-child { position: sticky; left: 0; }
.short, .day { white-space: nowrap; }
.long { min-width: 18rem; }
.charts > :only-child { max-width: 52rem; }
.state { border-radius: 0.7rem; padding: 0.1rem 0.55rem; white-space: nowrap; background: var(--panel); }
.state-active, .state-keep, .state-yes { background: var(--good-back); color: var(--good); }
.state-expiring, .state-pending, .state-inactive, .state-reduce, .state-unanswered { background: var(--warn-back); color: var(--warn); }
.state-expired, .state-revoked, .state-rejected, .state-revoke, .state-no-request { background: var(--bad-back); color: var(--bad); }
.alert { background: var(--warn-back); color: var(--warn); border-radius: 0.7rem; padding: 0.1rem 0.55rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font: 0.9em ui-monospace, monospace; }
footer { margin-top: 3rem; color: var(--quiet); font-size: 0.85rem; }
@media (min-width: 40rem) {
  .wide { display: inline; }
  .narrow { display: none; }
  tbody th { white-space: nowrap; }
}
@media (max-width: 40rem) {
  table { font-size: 0.85rem; }
  th, td { padding: 0.4rem 0.5rem; }
  tbody th { min-width: 9rem; }
}
@media print { nav, .skip { display: none; } .scroll { overflow: visible; border: 0; } }`;
