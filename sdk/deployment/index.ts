export { checkChain, checkDeployment } from './checkDeployment';
export { LEAST_FUND_DELAYS, MOST_FUND_DELAY, type FundDelays } from './leastFundDelays';
export { readDeployment, type ReadDeploymentParameters } from './readDeployment';
export {
  CORE_CONTRACTS,
  manifestSchema,
  type CoreContract,
  type DeployedAsset,
  type DeployedContract,
  type Manifest,
} from './schema';
