export { listScenarios, loadScenario, withCandles } from './scenario/loadScenario';
export { BOOK_METRICS, formatMetric, totalOf } from './report/booksFigures';
export { compareRuns, type Comparison } from './report/comparison';
export { renderReport, type RenderReportParameters } from './report/renderReport';
export { runCrash, type CrashRun, type RunCrashParameters } from './runCrash';
export type { RunResult } from './result';
export type { Scenario } from './scenario/scenarioSchema';
