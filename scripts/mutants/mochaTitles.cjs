'use strict';

// Mocha without output: which tests passed and which failed and where, as JSON in the file that PLIMSOLL_MUTANTS_REPORT names.

const { writeFileSync } = require('node:fs');
const { Runner, reporters } = require('mocha');

// what a fixture deploys with lies far below the test
Error.stackTraceLimit = 50;

module.exports = class extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const report = { passed: [], failed: [] };
    runner.on(Runner.constants.EVENT_TEST_PASS, ({ title }) => report.passed.push(title));
    runner.on(Runner.constants.EVENT_TEST_FAIL, ({ title, type }, err) =>
      report.failed.push({ title, type, message: String(err && err.message), stack: String(err && err.stack) }),
    );
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      writeFileSync(process.env.PLIMSOLL_MUTANTS_REPORT, JSON.stringify(report));
    });
  }
};
