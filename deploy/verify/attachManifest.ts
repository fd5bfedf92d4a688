import type { AbiParameter, Address } from 'viem';

import type { Manifest } from '../../sdk/deployment/schema';
import type { Deployed, DeployedHere } from '../createExecutor';
import { isContractName, type LoadArtifact } from '../loadArtifact';
import type { SystemContracts } from '../plan/deployCore';

/** A deployment as its manifest tells, with the artifacts of this tree. */
export interface Attached {
  readonly core: SystemContracts;
  /** Every contract of the manifest whose code is known here. */
  readonly made: readonly DeployedHere[];
  readonly hasSequencer: boolean;
  /** seconds */
  readonly tranches: { readonly entryDelay: bigint; readonly cooldown: bigint; readonly window: bigint };
  readonly flash: { readonly liquidator: Deployed; readonly factory: Address } | undefined;
}

/** What deploying knew, from what it wrote down. */
export function attachManifest({ contracts }: Manifest, load: LoadArtifact): Attached {
  const made = Object.entries(contracts).flatMap(
    ([key, { address, constructorArgs, txHash, block }]): DeployedHere[] => {
      const [name = ''] = key.split('/');
      if (!isContractName(name)) return [];
      const artifact = load(name);
      const inputs = artifact.abi.find((item) => item.type === 'constructor')?.inputs ?? [];
      const args = constructorArgs.map((value, i) => fromJson(value, inputs[i]));
      return [{ key, artifact, args, address, txHash, block }];
    },
  );
  const find = (key: string): DeployedHere => {
    const found = made.find((each) => each.key === key);
    if (found === undefined) throw new Error(`the manifest has no ${key}`);
    return found;
  };
  const junior = find('DefaultFund/junior');
  const oracle = find('PriceOracle');
  const [entryDelay, cooldown, window] = junior.args.slice(-3) as [bigint, bigint, bigint];
  const liquidator = made.find(({ key }) => key === 'UniswapV2FlashLiquidator');
  return {
    made,
    core: {
      manager: find('AccessManager'),
      oracle,
      policy: find('MarginPolicy'),
      instruments: find('InstrumentPolicy'),
      volatilityFeed: find('VolatilityFeed'),
      settlementFeed: find('SettlementFeed'),
      realisedVolatility: find('RealisedVolatility'),
      standardMargin: find('StandardMargin'),
      portfolioMargin: find('PortfolioMargin'),
      engine: find('RiskEngine'),
      liquidatorCode: find('Liquidator'),
      settingsCode: find('VaultSettings'),
      tradingCode: find('Trading'),
      bookCode: find('PositionBook'),
      vault: find('MarginVault'),
      openLosses: find('OpenLosses'),
      junior,
      senior: find('DefaultFund/senior'),
      waterfall: find('LossWaterfall'),
      closeOut: find('CloseOut'),
      lens: find('MarginLens'),
    },
    hasSequencer: oracle.args[1] === true,
    tranches: { entryDelay, cooldown, window },
    flash: liquidator && { liquidator, factory: liquidator.args[1] as Address },
  };
}

/** Integers are decimal strings in a manifest. */
function fromJson(value: unknown, input: AbiParameter | undefined): unknown {
  return typeof value === 'string' && /^u?int/.test(input?.type ?? '') ? BigInt(value) : value;
}
