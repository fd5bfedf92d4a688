export { adoptListings, type Adopted, type AdoptParameters } from './adoptListings';
export { readNetworkConfig, networkConfigSchema, type NetworkConfig } from './config/networkConfig';
export { policyFileSchema, readPolicyFile, type PolicyFile } from './config/policyFile';
export { adaptConfig, withoutSecondSources, type ConfigChanges } from './config/adaptConfig';
export { findNetworkConfig, findPolicy, type FoundPolicy } from './config/findConfig';
export {
  deploySystem,
  type DeployParameters,
  type DeployResult,
  type Phase,
  type Progress,
  type RpcProvider,
} from './deploySystem';
export { DEVELOPMENT_CHAIN } from './developmentChain';
export { createFileJournal } from './journal/fileJournal';
export { createMemoryJournal, type JournalStore } from './journal/journal';
export { inspectDeployment, type InspectParameters } from './verify/inspectDeployment';
export { writeDeployment, writeManifest } from './writeDeployment';
export { ROLE_ID, type RoleHolders, type RoleName } from './plan/roles';
export { sendAndWait, type SendParameters } from './transactions';
