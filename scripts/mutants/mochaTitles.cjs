'use strict';

// Mocha without output: which tests passed and which failed, as JSON in the file that PLIMSOLL_MUTANTS_REPORT names.

const { writeFileSync } = require('node:fs');
const { Runner, reporters } = require('mocha');

module.exports = class extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const report = { passed: [], failed: [] };
    runner.on(Runner.constants.EVENT_TEST_PASS, ({ title }) => report.passed.push(title));
    runner.on(Runner.constants.EVENT_TEST_FAIL, ({ title, err }) =>
      report.failed.push({ title, message: String(err && err.message) }),
    );
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      writeFileSync(process.env.PLIMSOLL_MUTANTS_REPORT, JSON.stringify(report));
    });
  }
};
