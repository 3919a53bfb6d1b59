// From a chart's specification to SVG text, without a browser.
import type { TopLevelSpec } from 'vega-lite';

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
  legend: {
    orient: 'top',
    direction: 'horizontal',
    labelColor: 'var(--ink)',
    labelFontSize: 12,
    labelLimit: 260,
    symbolStrokeWidth: 2.5,
    symbolSize: 140,
    offset: 10,
    columnPadding: 14,
  },
} as const;

/**
 * Draws a chart. Vega takes a third of a second to load, so it is loaded here, when there is something to draw.
 * @returns an `<svg>` element that scales with its container; `label` says in words what it shows.
 */
export async function renderSvg(spec: TopLevelSpec, label: string): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec: program } = compile({ ...spec, config: { ...CONFIG, ...spec.config } });
  const view = new View(parse(program), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return svg.replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(label)}" `);
  } finally {
    view.finalize();
  }
}

/** Text made safe for HTML, inside of elements and of quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
