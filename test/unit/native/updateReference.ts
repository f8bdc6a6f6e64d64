import {referenceSing} from './reference';
import {settings, type UpdateRequest} from './updateRunner';

export interface ReferenceUpdate {
  gradient: number[];
  weights: number[];
  state: [number[], number[]];
  slow: number[];
  /** How large the terms are that make each new weight: what its rounding is measured against. */
  terms: number[];
}

/** One update by the formulas of TensorFlow.js and of the authors' SING, in float64. */
export function referenceUpdate(request: UpdateRequest): ReferenceUpdate {
  const {rule, rows, columns, centralize, normalize, decays, alpha, corrections, weights, state, slow} = request;
  const {rate, momentum, beta2, epsilon, softplus, decay, normEpsilon} = settings;
  const gradient = referenceSing(request.gradient, rows, columns, centralize, normalize, normEpsilon);
  const result: ReferenceUpdate = {gradient, weights: [], state: [[], []], slow: [], terms: []};
  gradient.forEach((g, i) => {
    const old = weights[i] as number;
    let first = state[0][i] as number;
    let second = state[1][i] as number;
    let kept = old;
    let move = rate * g;
    // Terms of opposite sign may cancel in what was remembered, or in the mean that was subtracted.
    let moveTerms = Math.abs(move);
    if (rule === 'momentum' || rule === 'nesterov') {
      const terms = Math.abs(momentum * first) + Math.abs(g);
      first = momentum * first + g;
      move = rate * (rule === 'nesterov' ? g + momentum * first : first);
      moveTerms = 2 * rate * terms;
    } else if (rule !== 'sgd') {
      const terms = Math.abs(momentum * first) + Math.abs((1 - momentum) * g);
      first = momentum * first + (1 - momentum) * g;
      second = beta2 * second + (1 - beta2) * g * g;
      const root = Math.sqrt(second / corrections[1]);
      const denominator = rule === 'adam' ? root + epsilon : softplusOf(softplus * root) / softplus;
      move = (rate / corrections[0]) * (first / denominator);
      moveTerms = (rate / corrections[0]) * (terms / denominator);
      if (decays) kept = old * (1 - rate * decay);
    }
    let updated = kept - move;
    let terms = Math.abs(old) + moveTerms;
    if (alpha !== undefined) {
      terms = alpha * terms + (1 - alpha) * Math.abs(slow[i] as number);
      updated = alpha * updated + (1 - alpha) * (slow[i] as number);
    }
    result.weights.push(updated);
    result.state[0].push(first);
    result.state[1].push(second);
    result.slow.push(alpha === undefined ? slow[i] as number : updated);
    result.terms.push(terms);
  });
  return result;
}

/** PyTorch's softplus: linear above 20. */
function softplusOf(x: number): number {
  return x > 20 ? x : Math.log1p(Math.exp(x));
}
