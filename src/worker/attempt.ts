import {messageOf} from '../platform/failure';

/** Does what is ours within a call of the script's: null where it failed. */
export type Attempt = <T>(action: () => T) => T | null;

/** @param tell hears of the first failure why; of one that comes back at every call the user is told once */
export function attempting(tell: (reason: string) => void): Attempt {
  let told = false;
  return (action) => {
    try {
      return action();
    } catch (error) {
      if (!told) {
        told = true;
        tell(messageOf(error));
      }
      return null;
    }
  };
}
