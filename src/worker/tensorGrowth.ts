const BLOCK_STEPS = 10;
/** Blocks in a row that must grow. */
const GROWING_BLOCKS = 3;
/** Tensors that a block must add, and steps of it that must add some: optimizers make slots, searches make models. */
const LEAST_GROWTH = 5;

/**
 * Tells when it is worth looking where tensors come from: the fewest of every ten steps have grown three times in a row. It suspects
 * early and may be wrong, at the price of a few traced steps; the detector judges. After each look it waits twice as long.
 */
export class TensorGrowth {
  #seen = 0;
  #last = Infinity;
  #rises = 0;
  #fewest = Infinity;
  #before = Infinity;
  #growing = 0;
  #notBefore = 0;

  /** @param tensors number of tensors after a step */
  suspects(tensors: number): boolean {
    this.#seen++;
    if (tensors > this.#last) this.#rises++;
    this.#last = tensors;
    this.#fewest = Math.min(this.#fewest, tensors);
    if (this.#seen % BLOCK_STEPS !== 0) return false;
    this.#growing = this.#fewest >= this.#before + LEAST_GROWTH && this.#rises >= LEAST_GROWTH ? this.#growing + 1 : 0;
    this.#before = this.#fewest;
    this.#fewest = Infinity;
    this.#rises = 0;
    if (this.#growing < GROWING_BLOCKS || this.#seen < this.#notBefore) return false;
    this.#notBefore = 2 * this.#seen;
    return true;
  }
}
