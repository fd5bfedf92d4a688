import type { NetworkConfig } from '../config/networkConfig';
import type { PolicyFile } from '../config/policyFile';
import type { Assets, ListedUnderlying } from './deployAssets';
import type { Core } from './deployCore';
import {
  toDeltaTerms,
  toInstrumentRisk,
  toScenarioTerms,
  toTradeTerms,
  toVolatilityConfig,
  toVolatilityTerms,
} from './instrumentParams';
import type { Setting } from './intended';
import { toFeedConfig, underlyingPolicyOf } from './policyParams';

/** Terms and prices of what perpetuals and options are traded on; the first underlying listed is number one. */
export function instrumentSettings(core: Core, { underlyings }: Assets, policy: PolicyFile): Setting[] {
  return underlyings.flatMap((underlying) => settingsOf(core, underlying, policy));
}

function settingsOf(core: Core, underlying: ListedUnderlying, policy: PolicyFile): Setting[] {
  const { instruments, oracle, volatilityFeed, realisedVolatility } = core;
  const { symbol: label, number, index, key, feeds, config } = underlying;
  const of = underlyingPolicyOf(policy, label);
  const place = `policy ${policy.name}: underlyings.${label}`;
  const price = toFeedConfig(feeds, { feed: config.perpetual }, of.perpetual);
  const [risk, trade, grid] = [toInstrumentRisk(label, of), toTradeTerms(label, of), toScenarioTerms(of)];
  const [surface, realised] = [toVolatilityConfig(label, of), toVolatilityTerms(of)];
  const on = (
    target: Setting['target'],
    setter: string,
    args: readonly [unknown, unknown],
    view: string,
    source = place,
  ): Setting => ({ source, label, target, setter, setterArgs: args, view, viewArgs: [args[0]], value: args[1] });
  return [
    // an underlying may be called as its collateral is
    {
      ...on(oracle, 'configure', [key, price], 'feedOf', `${place}.perpetual.oracle`),
      label: `${label}-perpetual`,
    },
    {
      source: place,
      label,
      target: instruments,
      setter: 'listUnderlying',
      setterArgs: [index.address, key, risk, trade],
      view: 'feedsOf',
      viewArgs: [number],
      value: [index.address, key],
      alsoSeen: [
        { view: 'riskOf', viewArgs: [number], value: risk },
        { view: 'tradeTerms', viewArgs: [number], value: trade },
      ],
    },
    on(instruments, 'setScenarios', [number, grid], 'scenariosOf', `${place}.scenarios`),
    on(instruments, 'setDeltaTerms', [number, toDeltaTerms(of)], 'deltaTermsOf', `${place}.deltaMargin`),
    on(volatilityFeed, 'configure', [index.address, surface], 'configOf', `${place}.volatility.surface`),
    on(realisedVolatility, 'configure', [index.address, realised], 'termsOf', `${place}.volatility.realised`),
  ];
}

/** Those of the network that the policy has terms for, in the network's order. */
export function listedUnderlyings({ underlyings = [] }: NetworkConfig, policy: PolicyFile) {
  return underlyings.filter(({ symbol }) => symbol in (policy.underlyings ?? {}));
}
