module.exports = {
  skipFiles: ['mocks'],
  configureYulOptimizer: true, // instrumented code is deep: without it the stack can run out
};
