/** The page's only style; its hash stands in the page's policy. */
export const style = `
:root { color-scheme: light dark; --back: #ffffff; --text: #1d2330; --dim: #5b6473; --edge: #d7dce3; --soft: #f4f6f9; --new: #0b5fce; --pods: #6a4c00; --good: #14733a; --bad: #b3261e; --note: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --back: #14181f; --text: #e6e9ef; --dim: #a3adbc; --edge: #363e4b; --soft: #1d232d; --new: #6fb1ff; --pods: #e3b95b; --good: #6fd394; --bad: #ff8a80; --note: #f0bf6a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 62rem; background: var(--back); color: var(--text); font: 16px / 1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.5rem; font-size: 1.45rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.15rem; }
h3 { margin: 1.4rem 0 0.25rem; font-size: 1rem; }
h3 code { color: var(--dim); font-weight: 400; }
p { margin: 0.3rem 0; }
ul { margin: 0.3rem 0; padding-left: 1.2rem; }
.kicker, .hint, figcaption { color: var(--dim); font-size: 0.9rem; }
.kicker { margin: 0; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.note { color: var(--note); }
code, .hash { font-family: ui-monospace, monospace; font-size: 0.85rem; }
dl { margin: 0.5rem 0; }
dl div { display: grid; grid-template-columns: 7.5rem 1fr; column-gap: 0.75rem; padding: 0.15rem 0; }
dt { color: var(--dim); }
dd { margin: 0; }
figure { margin: 0.75rem 0; }
figure svg { display: block; width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; }
.tick { fill: var(--dim); }
.label { fill: var(--text); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.stage { fill: var(--soft); stroke: var(--edge); }
.stage.odd { fill: var(--edge); }
.grid { fill: none; stroke: var(--edge); stroke-width: 0.7; }
.area { fill: var(--new); fill-opacity: 0.14; }
.line { fill: none; stroke: var(--new); stroke-width: 2; }
.line.pods { stroke: var(--pods); stroke-width: 1.5; stroke-dasharray: 5 3; }
.key { font-weight: 700; }
.key.new { color: var(--new); }
.key.pods { color: var(--pods); margin-left: 1rem; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
thead th { color: var(--dim); font-weight: 600; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.why { display: block; color: var(--dim); font-size: 0.94em; }
.overview td, .overview th { padding: 0.3rem 0.5rem 0.3rem 0; font-size: 0.82rem; overflow-wrap: normal; }
.overview td { white-space: nowrap; }
.overview .after { display: block; color: var(--dim); font-size: 0.92em; }
.narrow { display: none; }
@media (min-width: 40.01rem), print {
  .outcomes { table-layout: fixed; }
  .outcomes th:nth-child(1) { width: 22%; }
  .outcomes th:nth-child(2) { width: 30%; }
}
.stages { max-width: 32rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media screen and (max-width: 40rem) {
  body { font-size: 15px; }
  svg text { font-size: 19px; }
  svg .broad { display: none; }
  svg .narrow { display: inline; }
  dl div { grid-template-columns: 1fr; }
  .outcomes thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .outcomes { display: block; }
  .outcomes tbody { display: block; }
  .outcomes tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 0.75rem; padding: 0.5rem 0; border-bottom: 1px solid var(--edge); }
  .outcomes tbody th, .outcomes tbody td { display: block; width: auto; padding: 0.05rem 0; border: 0; text-align: left; }
  .outcomes .full { grid-column: 1 / -1; }
  .outcomes td[data-label]::before { content: attr(data-label) " "; color: var(--dim); }
}
@media print {
  :root { color-scheme: light; --back: #ffffff; --text: #000000; --dim: #444444; --edge: #bbbbbb; --soft: #f2f2f2; --new: #0b5fce; --pods: #6a4c00; --good: #14733a; --bad: #b3261e; --note: #8a5a00; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; }
  table { font-size: 8.5pt; }
  .overview td, .overview th { font-size: 7pt; padding-right: 0.3rem; white-space: normal; }
  .wide { overflow: visible; }
  figure, tr, dl div, .group { break-inside: avoid; }
  h2, h3, thead { break-after: avoid; }
}
`
