import type { NetworkConfig } from '../config/networkConfig';
import type { PolicyFile } from '../config/policyFile';
import type { Deployed } from '../createExecutor';
import type { Assets } from './deployAssets';
import { toBackstopTerms, toCloseOutTerms } from './backstopTerms';
import type { Core } from './deployCore';
import { instrumentSettings } from './instrumentSettings';
import {
  policyOf,
  toCashTerms,
  toCollateralRisk,
  toFeedConfig,
  toLiquidationTerms,
  toPaceLimit,
  toPairRisk,
} from './policyParams';

/** A value that the system is to have: set by `setter`, seen by `view`. */
export interface Setting {
  /** Where people wrote the value. */
  readonly source?: string;
  /** Apart from others of the same function. */
  readonly label?: string;
  readonly target: Deployed;
  readonly setter: string;
  readonly setterArgs: readonly unknown[];
  readonly view: string;
  readonly viewArgs: readonly unknown[];
  /** What the view is to return. */
  readonly value: unknown;
  /** Other views of what the setter sets. */
  readonly alsoSeen?: readonly Pick<Setting, 'view' | 'viewArgs' | 'value'>[];
}

/** Numbers of margin models, see contracts/types/Portfolio.sol. */
export const MODE = { cross: 0, isolated: 1, portfolio: 2 } as const;

/**
 * Everything to be configured, in the order in which it must be: the one list that deploying sets and verifying reads
 * back.
 * @throws AppError `policy_mismatch`
 */
export function intendedSettings(core: Core, assets: Assets, config: NetworkConfig, policy: PolicyFile): Setting[] {
  return [
    ...policySettings(core, assets, policy),
    ...oracleSettings(core, assets, config, policy),
    ...instrumentSettings(core, assets, policy),
    ...backstopSettings(core, config),
    ...links(core),
    ...sealing(core),
  ];
}

function policySettings({ policy: target }: Core, assets: Assets, policy: PolicyFile): Setting[] {
  const source = `policy ${policy.name}`;
  const terms: Setting[] = [
    setting({
      target,
      source: `${source}: cash`,
      setter: 'setCashTerms',
      view: 'cashTerms',
      value: toCashTerms(policy),
    }),
    setting({
      target,
      source: `${source}: liquidation`,
      setter: 'setLiquidationTerms',
      view: 'liquidationTerms',
      value: toLiquidationTerms(policy),
    }),
  ];
  const listings = assets.collaterals.flatMap(({ symbol, address, decimals }) => {
    const of = policyOf(policy, symbol);
    const common = { target, source: `${source}: collaterals.${symbol}`, label: symbol, key: address };
    const pair = toPairRisk(of);
    return [
      setting({
        ...common,
        setter: 'listCollateral',
        view: 'collateralRisk',
        value: toCollateralRisk(symbol, of, decimals),
      }),
      setting({ ...common, setter: 'setPace', view: 'paceLimit', value: toPaceLimit(symbol, of) }),
      ...(pair.listed ? [setting({ ...common, setter: 'setPair', view: 'pairRisk', value: pair })] : []),
    ];
  });
  return [...terms, ...listings];
}

function oracleSettings(
  { oracle: target }: Core,
  assets: Assets,
  config: NetworkConfig,
  policy: PolicyFile,
): Setting[] {
  const feeds = assets.collaterals.map(({ symbol, address, feeds: sources, config: configured }) => {
    const of = policyOf(policy, symbol);
    const value = toFeedConfig(sources, configured, of);
    return setting({
      target,
      source: `policy ${policy.name}: collaterals.${symbol}.oracle`,
      label: symbol,
      key: address,
      setter: 'configure',
      view: 'feedOf',
      value,
    });
  });
  if (config.sequencer === null) return feeds;
  const args = [config.sequencer.feed, config.sequencer.graceSeconds];
  const sequencer: Setting = {
    target,
    setter: 'configureSequencer',
    setterArgs: args,
    view: 'sequencer',
    viewArgs: [],
    value: args,
  };
  return [sequencer, ...feeds];
}

function backstopSettings({ waterfall, closeOut }: Core, { defaultFund }: NetworkConfig): Setting[] {
  const terms = (target: Deployed, source: string, value: unknown) =>
    setting({ target, source: `network configuration: ${source}`, setter: 'setTerms', view: 'terms', value });
  return [
    terms(waterfall, 'defaultFund', toBackstopTerms(defaultFund)),
    terms(closeOut, 'defaultFund.closeOut', toCloseOutTerms(defaultFund)),
  ];
}

function links({ vault, waterfall, closeOut, engine, portfolioMargin }: Core): Setting[] {
  return [
    setting({
      target: engine,
      label: 'portfolio',
      key: MODE.portfolio,
      setter: 'addModel',
      view: 'modelOf',
      value: portfolioMargin.address,
    }),
    setting({ target: vault, setter: 'setWaterfall', view: 'waterfall', value: waterfall.address }),
    setting({ target: waterfall, setter: 'setCloseOut', view: 'closeOut', value: closeOut.address }),
  ];
}

/** Last: from then on what tightens ramps, and caps grow. */
function sealing({ policy, instruments }: Core): Setting[] {
  const seal = { setter: 'seal', setterArgs: [], view: 'isSealed', viewArgs: [], value: true };
  return [policy, instruments].map((target) => ({ ...seal, target }));
}

interface SettingParameters {
  readonly target: Deployed;
  readonly source?: string;
  readonly label?: string;
  /** First argument of setter and view. */
  readonly key?: unknown;
  readonly setter: string;
  readonly view: string;
  readonly value: unknown;
}

function setting({ key, value, ...rest }: SettingParameters): Setting {
  const keys = key === undefined ? [] : [key];
  return { ...rest, setterArgs: [...keys, value], viewArgs: keys, value };
}
