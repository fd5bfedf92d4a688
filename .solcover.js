module.exports = {
  skipFiles: ['mocks'],
  configureYulOptimizer: true, // instrumented code is deep: without it the stack can run out
  mocha: { timeout: 1_200_000 }, // a step takes many times as long
};
