import type {Tensor} from '@tensorflow/tfjs-core';
import type {StateArray, StepKernels} from './stepKernels';

/** What is remembered of one parameter between steps: the rule's state arrays and LookAhead's slow weights. */
export class ParameterMemory {
  private kernels: StepKernels | null = null;
  private held: StateArray[] = [];
  private slowHeld: StateArray | null = null;

  constructor(private readonly shape: number[]) {}

  /** A memory of copies of these tensors. */
  static of(kernels: StepKernels, arrays: readonly Tensor[], slow: Tensor | null): ParameterMemory {
    const memory = new ParameterMemory(arrays[0]?.shape ?? slow?.shape ?? []);
    memory.kernels = kernels;
    memory.held = arrays.map((tensor) => kernels.stateOf(tensor, 'copy'));
    memory.slowHeld = slow === null ? null : kernels.stateOf(slow, 'copy');
    return memory;
  }

  get arrays(): readonly StateArray[] {
    return this.held;
  }

  get slow(): StateArray | null {
    return this.slowHeld;
  }

  /** Whether it fits a tensor of that shape. */
  fits(shape: readonly number[]): boolean {
    return shape.length === this.shape.length && shape.every((size, axis) => size === this.shape[axis]);
  }

  /** Readies it for a step: in the form of these kernels, with zeros for what was not there, and the weights as slow ones. */
  prepare(kernels: StepKernels, weights: Tensor, count: number, hasSlow: boolean): void {
    if (this.kernels !== kernels) this.carry(kernels);
    while (this.held.length < count) this.held.push(kernels.stateOf(weights, 'zeros'));
    if (hasSlow) this.slowHeld ??= kernels.stateOf(weights, 'copy');
  }

  /** A copy, the caller's, of one of the arrays; null where it is not there. */
  copyOf(index: number): Tensor | null {
    const state = this.held[index];
    return state === undefined ? null : this.kernels!.tensorOf(state, this.shape);
  }

  /** Copies, the caller's; zeros are not made. */
  copies(): {arrays: Tensor[]; slow: Tensor | null} {
    const copy = (state: StateArray): Tensor => this.kernels!.tensorOf(state, this.shape);
    return {arrays: this.held.map(copy), slow: this.slowHeld === null ? null : copy(this.slowHeld)};
  }

  dropSlow(): void {
    if (this.slowHeld !== null) this.kernels!.release(this.slowHeld);
    this.slowHeld = null;
  }

  release(): void {
    this.dropSlow();
    for (const state of this.held) this.kernels!.release(state);
    this.held = [];
  }

  private carry(to: StepKernels): void {
    const from = this.kernels;
    if (from !== null) {
      const moved = (state: StateArray): StateArray => {
        const tensor = from.tensorOf(state, this.shape);
        const there = to.stateOf(tensor, 'copy');
        tensor.dispose();
        return there;
      };
      const arrays = this.held.map(moved);
      const slow = this.slowHeld === null ? null : moved(this.slowHeld);
      this.release();
      this.held = arrays;
      this.slowHeld = slow;
    }
    this.kernels = to;
  }
}
