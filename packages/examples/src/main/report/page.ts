// The report: one HTML file that needs nothing beside it.
import {
  type Curve,
  confusionChart,
  curveChart,
  lossCurves,
  normCurves,
  predictionChart,
} from './charts.js';
import type { ReportContent } from './content.js';
import { escapeHtml } from './escape.js';
import { renderSvg } from './render.js';
import { STYLE } from './style.js';
import { columnTable, comparisonTable, scientific } from './tables.js';

/** What two ways of computing in float64 may differ by. */
const TOLERANCE = 1e-12;

/** Writes the page's text. */
export async function reportPage(content: ReportContent): Promise<string> {
  const sections = [
    ...(await curveFigures(content)),
    await testFigure(content),
    comparisonSection(content),
    dataSection(content),
    settingsSection(content),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(content.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(content.title)}</h1>
<p class="lead">${escapeHtml(content.lead)}</p>
</header>
${headlineList(content)}
<div class="grid">
${sections.join('\n')}
</div>
<footer>Made by retrograd. A table’s relative difference is max |a − b| / max |b|.</footer>
</main>
</body>
</html>
`;
}

function headlineList({ headlines }: ReportContent): string {
  const items = headlines.map(
    ({ value, label }) => `<li><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></li>`,
  );
  return `<ul class="headlines">${items.join('')}</ul>`;
}

async function curveFigures(content: ReportContent): Promise<string[]> {
  const { loss, validationLoss, lossName, norms } = content;
  const held =
    validationLoss.length > 0
      ? ' The validation samples are a part of the training data that no step is made on: where their curve turns up ' +
        'while the other goes on falling, the network learns by heart.'
      : '';
  return [
    await curveFigure(
      'Loss',
      lossCurves(loss, validationLoss),
      lossName,
      `The loss after each pass over the training samples; the lower, the better the predictions fit.${held}`,
    ),
    await curveFigure(
      'Errors δˡ, layer by layer',
      normCurves(norms, 'delta'),
      '‖δˡ‖',
      'How large δˡ = ∂J/∂zˡ is; layer 1 is the input. Where the curves sink from the last layer to the first, each ' +
        'far below the next, gradients vanish; where they shoot up, gradients explode.',
    ),
    await curveFigure(
      'Weight gradients ∂J/∂Wˡ, layer by layer',
      normCurves(norms, 'weight'),
      '‖∂J/∂Wˡ‖',
      'How hard each layer’s weights are pulled at. They shrink as a minimum comes near; a layer whose curve lies at ' +
        'the bottom hardly learns.',
    ),
  ];
}

async function curveFigure(
  title: string,
  curves: readonly Curve[],
  quantity: string,
  caption: string,
): Promise<string> {
  const keys = curves.map(
    ({ name, color }) => `<li><i style="background:${color}"></i>${escapeHtml(name)}</li>`,
  );
  const legend = curves.length > 1 ? `<ul class="legend">${keys.join('')}</ul>` : '';
  const spec = curveChart(curves, `${quantity} (logarithmic)`);
  return figure(title, spec, caption, `${title}: curves over the epochs`, legend);
}

async function testFigure({ test }: ReportContent): Promise<string> {
  if (test.kind === 'numbers') {
    return figure(
      'The test: predicted against actual',
      predictionChart(test),
      'Each point is a test sample, which training never saw. On the dashed line the prediction is exact.',
      'Predicted against actual numbers of the test samples',
    );
  }
  return figure(
    'The test: confusion matrix',
    confusionChart(test),
    'Test samples, which training never saw, by their class (row) and the class predicted (column). All that is off ' +
      'the diagonal is a mistake; the darker a cell, the larger its share of the row.',
    'Confusion matrix of the test samples',
  );
}

async function figure(
  title: string,
  spec: Parameters<typeof renderSvg>[0],
  caption: string,
  label: string,
  legend = '',
): Promise<string> {
  const svg = await renderSvg(spec, label);
  return `<figure><h2>${title}</h2>${legend}<div class="chart">${svg}</div><figcaption>${caption}</figcaption></figure>`;
}

function comparisonSection({ comparison }: ReportContent): string {
  const title = '<h2>The tape’s gradients beside the closed form’s</h2>';
  const { samples, loss, largest } = comparison;
  return `<section class="wide">${title}
<p class="note">The first ${samples} samples, ${escapeHtml(loss)}, in float64, before training: what the recorded tape gives,
and what the recursion δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ), ∂J/∂Wˡ = δˡ(aˡ⁻¹)ᵀ, ∂J/∂bˡ = δˡ gives with no tape at all.</p>
${comparisonTable(comparison)}
<p class="note">Largest relative difference: <span class="${largest <= TOLERANCE ? 'good' : 'bad'}">${scientific(largest)}</span>${
    largest === 0 ? '; all numbers are equal to the last bit' : ''
  }.</p></section>`;
}

function dataSection({ rowsInFile, rowsUsed, columns }: ReportContent): string {
  const lost = rowsInFile - rowsUsed;
  const gone =
    lost === 0
      ? 'No row lacks a value that is needed.'
      : `${lost} ${lost === 1 ? 'row lacks' : 'rows lack'} a value that is needed, and ${lost === 1 ? 'is' : 'are'} left out.`;
  return `<section class="wide"><h2>The data</h2>
<p class="note">${rowsInFile} rows. ${gone} Numbers are standardised by the training part’s mean and deviation.</p>
${columnTable(columns)}</section>`;
}

function settingsSection({ settings }: ReportContent): string {
  const pairs = settings.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return `<section class="wide"><h2>The run</h2><dl>${pairs.join('')}</dl></section>`;
}
