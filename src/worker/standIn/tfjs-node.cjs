// Stands in for a package that is not installed: an import needs a file whose exports have names.
module.exports = require('../embedded.cjs');
