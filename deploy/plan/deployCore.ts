import type { NetworkConfig } from '../config/networkConfig';
import type { DeployedHere, Executor } from '../createExecutor';
import type { Assets } from './deployAssets';

/** The contracts of the system, by name. */
export interface Core {
  readonly manager: DeployedHere;
  readonly oracle: DeployedHere;
  readonly policy: DeployedHere;
  readonly engine: DeployedHere;
  readonly vault: DeployedHere;
  readonly marginCalls: DeployedHere;
  readonly fund: DeployedHere;
  readonly waterfall: DeployedHere;
  readonly liquidator: DeployedHere;
  readonly lens: DeployedHere;
}

/** Deploys the system unlinked, with the deployer as the only one who may configure it. */
export async function deployCore(executor: Executor, { quote }: Assets, config: NetworkConfig): Promise<Core> {
  const manager = await executor.deploy('AccessManager', [executor.deployer]);
  const authority = manager.address;
  const oracle = await executor.deploy('PriceOracle', [authority, config.sequencer !== null]);
  const policy = await executor.deploy('MarginPolicy', [authority, quote.address]);
  const engine = await executor.deploy('RiskEngine', [authority, oracle.address, policy.address]);
  const vault = await executor.deploy('MarginVault', [authority, quote.address, policy.address, engine.address]);
  const marginCalls = await executor.deploy('MarginCalls', [vault.address]);
  const { cooldownSeconds, redeemWindowSeconds } = config.defaultFund;
  const fund = await executor.deploy('DefaultFund', [
    vault.address,
    BigInt(cooldownSeconds),
    BigInt(redeemWindowSeconds),
  ]);
  const waterfall = await executor.deploy('LossWaterfall', [vault.address, fund.address]);
  const liquidator = await executor.deploy('Liquidator', [vault.address, marginCalls.address, waterfall.address]);
  const lens = await executor.deploy('MarginLens', [vault.address, oracle.address, marginCalls.address]);
  return {
    manager,
    oracle,
    policy,
    engine,
    vault,
    marginCalls,
    fund,
    waterfall,
    liquidator,
    lens,
  };
}
