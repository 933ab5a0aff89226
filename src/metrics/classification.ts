/** Figures for predictions of one class out of several. Classes are numbers 0 … classes - 1. */

/**
 * Row: true class, column: predicted class; row-major, `classes` x `classes`. With `weights`, each item counts
 * as often as its weight says (a bootstrap sample draws some items twice and some never).
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Float64Array {
  const matrix = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    matrix[truth[i] * classes + predicted[i]] += weights ? weights[i] : 1;
  }
  return matrix;
}

/** Share of the items on the diagonal; NaN without items. */
export function accuracy(confusion: ArrayLike<number>, classes: number): number {
  let right = 0;
  let all = 0;
  for (let row = 0; row < classes; row++) {
    right += confusion[row * classes + row];
    for (let column = 0; column < classes; column++) all += confusion[row * classes + column];
  }
  return right / all;
}

/**
 * Mean over the classes of F1 = 2 TP / (2 TP + FP + FN). A class that is neither true nor predicted anywhere is
 * left out, as scikit-learn leaves it out; one that is only predicted, or only true, counts as 0.
 */
export function macroF1(confusion: ArrayLike<number>, classes: number): number {
  let sum = 0;
  let counted = 0;
  for (let c = 0; c < classes; c++) {
    let row = 0;
    let column = 0;
    for (let other = 0; other < classes; other++) {
      row += confusion[c * classes + other];
      column += confusion[other * classes + c];
    }
    if (row + column === 0) continue;
    sum += (2 * confusion[c * classes + c]) / (row + column);
    counted++;
  }
  return sum / counted;
}

/**
 * Means over the classes that occur of precision (0 where a class is never predicted) and recall: scikit-learn's
 * `precision_recall_fscore_support(average='macro')` over the classes that are true somewhere.
 */
export function macroPrecisionRecall(
  confusion: ArrayLike<number>,
  classes: number,
): { precision: number; recall: number } {
  let [precision, recall, counted] = [0, 0, 0];
  for (let c = 0; c < classes; c++) {
    let [row, column] = [0, 0];
    for (let other = 0; other < classes; other++) {
      row += confusion[c * classes + other];
      column += confusion[other * classes + c];
    }
    if (row === 0) continue;
    const right = confusion[c * classes + c];
    if (column > 0) precision += right / column;
    recall += right / row;
    counted++;
  }
  return { precision: precision / counted, recall: recall / counted };
}

/** F1 of precision and recall: 2ab / (a + b), 0 where both are. */
export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
