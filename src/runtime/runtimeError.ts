import {Failure, exitCodes} from '../platform/failure';

/** Why a runtime can't be installed, found or removed: one line that ends in what to do next. */
export class RuntimeError extends Failure {
  constructor(message: string) {
    super(message, exitCodes.noRuntime);
  }
}
