import { zeroAddress, type Address } from 'viem';

import type { NetworkConfig } from '../config/networkConfig';
import type { Deployed, DeployedHere, Executor } from '../createExecutor';
import type { Assets } from './deployAssets';

/** The contracts of the system, by name. */
export interface Core {
  readonly manager: DeployedHere;
  readonly oracle: DeployedHere;
  readonly policy: DeployedHere;
  readonly instruments: DeployedHere;
  readonly volatilityFeed: DeployedHere;
  readonly settlementFeed: DeployedHere;
  readonly realisedVolatility: DeployedHere;
  readonly standardMargin: DeployedHere;
  readonly portfolioMargin: DeployedHere;
  readonly engine: DeployedHere;
  /** Code that runs on the vault's storage. */
  readonly liquidatorCode: DeployedHere;
  readonly settingsCode: DeployedHere;
  readonly tradingCode: DeployedHere;
  readonly bookCode: DeployedHere;
  readonly vault: DeployedHere;
  readonly openLosses: DeployedHere;
  /** Tranches of the default fund, the first to pay first. */
  readonly junior: DeployedHere;
  readonly senior: DeployedHere;
  readonly waterfall: DeployedHere;
  readonly closeOut: DeployedHere;
  readonly lens: DeployedHere;
}

/** The same, whoever deployed them. */
export type SystemContracts = { readonly [K in keyof Core]: Deployed };

/** What the tranches' shares are called. */
export const TRANCHES = {
  junior: { name: 'Plimsoll Default Fund, junior', symbol: 'plDFj' },
  senior: { name: 'Plimsoll Default Fund, senior', symbol: 'plDFs' },
} as const;

/** Deploys the system unlinked, with the deployer as the only one who may configure it. */
export async function deployCore(executor: Executor, { quote }: Assets, config: NetworkConfig): Promise<Core> {
  const manager = await executor.deploy('AccessManager', [executor.deployer]);
  const authority = manager.address;
  const oracle = await executor.deploy('PriceOracle', [authority, config.sequencer !== null]);
  const policy = await executor.deploy('MarginPolicy', [authority, quote.address]);
  const instruments = await executor.deploy('InstrumentPolicy', [authority]);
  const volatilityFeed = await executor.deploy('VolatilityFeed', [authority]);
  const settlementFeed = await executor.deploy('SettlementFeed', [authority, oracle.address]);
  const realisedVolatility = await executor.deploy('RealisedVolatility', [authority, oracle.address]);
  const standardMargin = await executor.deploy(
    'StandardMargin',
    [oracle, instruments, volatilityFeed, settlementFeed, realisedVolatility].map(({ address }) => address),
  );
  const portfolioMargin = await executor.deploy(
    'PortfolioMargin',
    [oracle, policy, instruments, volatilityFeed, settlementFeed, realisedVolatility].map(({ address }) => address),
  );
  const engineArgs = [authority, oracle.address, policy.address, standardMargin.address];
  const engine = await executor.deploy('RiskEngine', engineArgs);
  const common = [authority, quote.address, policy.address, engine.address];
  const bookCode = await executor.deploy('PositionBook', common);
  const liquidatorCode = await executor.deploy('Liquidator', [...common, bookCode.address]);
  const settingsCode = await executor.deploy('VaultSettings', common);
  const tradingCode = await executor.deploy('Trading', common);
  const codes = [liquidatorCode, settingsCode, tradingCode, bookCode].map(({ address }) => address);
  const vault = await executor.deploy('MarginVault', [...common, ...codes]);
  const openLosses = await executor.deploy('OpenLosses', [vault.address]);
  const deployTranche = (label: keyof typeof TRANCHES, ahead: Address) =>
    executor.deploy('DefaultFund', [vault.address, openLosses.address, ahead, ...trancheArgs(label, config)], label);
  const junior = await deployTranche('junior', zeroAddress);
  const senior = await deployTranche('senior', junior.address);
  const waterfall = await executor.deploy('LossWaterfall', [authority, vault.address, junior.address, senior.address]);
  const closeOut = await executor.deploy('CloseOut', [authority, vault.address, waterfall.address]);
  const lens = await executor.deploy('MarginLens', [vault.address]);
  return {
    manager,
    oracle,
    policy,
    instruments,
    volatilityFeed,
    settlementFeed,
    realisedVolatility,
    standardMargin,
    portfolioMargin,
    engine,
    vault,
    liquidatorCode,
    settingsCode,
    tradingCode,
    bookCode,
    openLosses,
    junior,
    senior,
    waterfall,
    closeOut,
    lens,
  };
}

function trancheArgs(label: keyof typeof TRANCHES, { defaultFund }: NetworkConfig): readonly unknown[] {
  const { name, symbol } = TRANCHES[label];
  const { entryDelaySeconds, cooldownSeconds, redeemWindowSeconds } = defaultFund;
  return [name, symbol, BigInt(entryDelaySeconds), BigInt(cooldownSeconds), BigInt(redeemWindowSeconds)];
}
