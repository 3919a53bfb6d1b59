// The report's looks: one style sheet, light or dark as the reader's system asks.

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f6f3; --surface: #ffffff; --ink: #16181d; --muted: #5c616b; --faint: #b3b6bd;
  --rule: #d9dad6; --grid: #ecece8; --accent: #2a78d6; --on-accent: #ffffff;
  --series-1: #2a78d6; --series-2: #e0662a;
  --ramp-first: #e08a00; --ramp-middle: #149a86; --ramp-last: #4a3aa7; --good: #12805c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131417; --surface: #1b1d21; --ink: #eceef1; --muted: #a3a8b1; --faint: #5b606a;
    --rule: #363a41; --grid: #282b31; --accent: #5b9dea; --on-accent: #0d1116;
    --series-1: #5b9dea; --series-2: #f08a4b;
    --ramp-first: #f2b13c; --ramp-middle: #35c2ab; --ramp-last: #a99bf5; --good: #4fd1a1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; -webkit-text-size-adjust: 100%;
}
main { max-width: 1080px; margin: 0 auto; padding: 48px 24px 72px; }
h1 { font-size: clamp(26px, 4vw, 36px); line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 12px; text-wrap: balance; }
h2 { font-size: 19px; line-height: 1.3; margin: 0 0 4px; }
p { margin: 0; }
.lead { text-wrap: pretty; color: var(--muted); font-size: 17px; max-width: 68ch; }
.headlines { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px; margin: 32px 0 40px; padding: 0; list-style: none; }
.headlines li, figure, section { background: var(--surface); border: 1px solid var(--rule); border-radius: 12px; }
.headlines li { padding: 16px 20px; }
.headlines b { display: block; font-size: 26px; font-weight: 650; letter-spacing: -0.01em; line-height: 1.25; }
.headlines span { color: var(--muted); font-size: 14px; }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.grid > .wide { grid-column: 1 / -1; }
figure, section { margin: 0; padding: 22px 24px; display: flex; flex-direction: column; }
figure .chart { flex: 1; display: flex; align-items: center; justify-content: center; padding: 12px 0; }
figure svg { width: 100%; height: auto; display: block; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 13.5px; }
.legend i { display: inline-block; width: 18px; height: 3px; border-radius: 2px; margin-right: 7px; vertical-align: middle; }
figcaption, .note { color: var(--muted); font-size: 14.5px; max-width: 76ch; }
.scroll { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 14.5px; }
th { text-align: left; font-weight: 600; color: var(--muted); font-size: 13px; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr.layer-start:not(:first-child) td { border-top: 1px solid var(--rule); padding-top: 9px; }
.good, .bad { font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--series-2); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0 0; font-size: 14.5px; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 32px; color: var(--muted); font-size: 13.5px; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media (max-width: 820px) { .grid { grid-template-columns: minmax(0, 1fr); } main { padding: 28px 16px 48px; } figure, section { padding: 18px 16px; } }
@media print { body { background: none; } figure, section, .headlines li { break-inside: avoid; } }
`;
