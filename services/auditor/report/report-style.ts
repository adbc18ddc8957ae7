/** The style of an audit's page: system fonts, both colour schemes, and paper. */
export const reportStyle = `
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f3f5f8; --good: #1a6b35; --bad: #a4161a; --open: #6b5900; }
@media (prefers-color-scheme: dark) { :root { --line: #454c57; --soft: #23272e; --good: #7fd79a; --bad: #ff9a9d; --open: #e8cf6a; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.8rem; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; }
code { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.detail { overflow-wrap: anywhere; }
.mark { font-weight: 600; white-space: nowrap; }
.passed .mark, .verdict.passed { color: var(--good); }
.failed .mark, .verdict.failed { color: var(--bad); }
.not-checked .mark { color: var(--open); }
.verdict { font-size: 1.1rem; font-weight: 600; background: var(--soft); border-left: .3rem solid; padding: .5rem .8rem; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  section, tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
}
`;
