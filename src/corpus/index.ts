/** What the rest of Binscribe uses of the corpus. */

export { buildCorpus } from './build.ts';
export type { BuildOptions, BuildProgress, BuildTimes } from './build-options.ts';
export { renderCard } from './card.ts';
export { checkCorpus, type CorpusCheck } from './check.ts';
export {
  openDataset,
  type CodeRange,
  type ColumnName,
  type Dataset,
  type FunctionRow,
  type Manifest,
} from './dataset.ts';
export type { BarredMeasure, Bars } from './leakage/bars.ts';
export { renderCheck } from './leakage/render.ts';
export { manifestHash, manifestHashes, readManifest } from './manifest.ts';
export { listPrograms, type BuiltProgram } from './programs-list.ts';
export { renderSummary, summarize, type BuildSummary } from './summary.ts';
export { readRecipe, type Recipe, type Split } from './recipe.ts';
