/**
 * Turns logits `[n, classes]` into probabilities in place, row by row; the largest logit is subtracted first, so that
 * nothing overflows.
 */
export function softmaxRows(logits: Float32Array, classes: number): void {
  for (let at = 0; at < logits.length; at += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[at + c] ?? Number.NaN);
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const exponent = Math.exp((logits[at + c] ?? 0) - highest);
      logits[at + c] = exponent;
      total += exponent;
    }
    for (let c = 0; c < classes; c++) logits[at + c] = (logits[at + c] ?? 0) / total;
  }
}

/** The class with the largest value of row `row`; the lower one of equals. */
export function argmaxRow(values: Float32Array, classes: number, row: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if ((values[row * classes + c] ?? 0) > (values[row * classes + best] ?? 0)) best = c;
  }
  return best;
}

/** Cross entropy of one row in nats; probabilities below 1e-7 count as 1e-7, as in Keras. NaN stays NaN. */
export function crossEntropy(probability: number): number {
  return -Math.log(Math.max(probability, 1e-7));
}

/** Loss and hits of a batch from its probabilities `[size, classes]`. */
function scoreBatch(
  probabilities: Float32Array,
  labels: Uint8Array,
  classes: number,
): { lossSum: number; correct: number } {
  let lossSum = 0;
  let correct = 0;
  labels.forEach((label, row) => {
    lossSum += crossEntropy(probabilities[row * classes + label] ?? Number.NaN);
    if (argmaxRow(probabilities, classes, row) === label) correct++;
  });
  return { lossSum, correct };
}

/**
 * The loss of a batch and its gradient from the last layer's logits, `[size, classes]`. Softmax and cross entropy
 * together have the gradient (probability - 1 for the true class) / size.
 *
 * @param logits turned into the gradient in place
 */
export function softmaxLoss(
  logits: Float32Array,
  labels: Uint8Array,
  classes: number,
): { lossSum: number; correct: number; gradient: Float32Array } {
  softmaxRows(logits, classes);
  const scores = scoreBatch(logits, labels, classes);
  const size = labels.length;
  for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] ?? 0) / size;
  labels.forEach((label, row) => {
    logits[row * classes + label] = (logits[row * classes + label] ?? 0) - 1 / size;
  });
  return { ...scores, gradient: logits };
}
