'use strict';

// Mocha's usual output, and the counts as JSON in the file that PLIMSOLL_MOCHA_COUNTS names.

const { writeFileSync } = require('node:fs');
const { Runner, reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(process.env.PLIMSOLL_MOCHA_COUNTS, JSON.stringify(counts));
    });
  }
};
