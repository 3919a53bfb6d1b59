// From a chart's specification to SVG text, without a browser. Vega takes a third of a second to load, so this file
// and those above it are imported only where a report is written.
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escapeHtml } from './escape.js';

/** Colours are the page's custom properties, so that one picture serves a light and a dark page. */
const CONFIG = {
  aria: false,
  background: 'transparent',
  font: 'system-ui, -apple-system, "Segoe UI", sans-serif',
  view: { stroke: null },
  axis: {
    domainColor: 'var(--rule)',
    gridColor: 'var(--grid)',
    tickColor: 'var(--rule)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 11.5,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelPadding: 6,
    titlePadding: 10,
  },
} as const;

/**
 * Draws a chart.
 * @returns an `<svg>` element that scales with its container; `label` says in words what it shows.
 */
export async function renderSvg(spec: TopLevelSpec, label: string): Promise<string> {
  const { spec: program } = compile({ ...spec, config: { ...CONFIG, ...spec.config } });
  const view = new View(parse(program), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return svg.replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(label)}" `);
  } finally {
    view.finalize();
  }
}
