import {dirname} from 'node:path';
import {commandLine} from './commandLine';

// Built into dist/, one below the root of the package.
const packageRoot = dirname(__dirname);

void commandLine(process.argv.slice(2), packageRoot).then((exitCode) => {
  process.exitCode = exitCode;
});
