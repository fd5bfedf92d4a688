import { readContract } from 'viem/actions';

import type { PolicyFile } from '../../deploy';
import {
  toDeltaTerms,
  toInstrumentRisk,
  toScenarioTerms,
  toTradeTerms,
  toVolatilityConfig,
  toVolatilityTerms,
} from '../../deploy/plan/instrumentParams';
import { priceOracleAbi, realisedVolatilityAbi, volatilityFeedAbi } from '../../sdk/abi';
import type { RampedUnderlying } from '../../sdk/client';
import { AppError } from '../../sdk/errors';
import type { Chain } from './openChain';
import { createPlanner, type PlannedCall } from './planCall';

/** Whole units are WAD. */
const UNITS = { decimals: 18, unit: 'units' } as const;

/**
 * The calls that make the terms of the chain's underlyings the file's.
 * @throws AppError `policy_mismatch`: the file names one that the chain does not list
 */
export async function planInstruments(chain: Chain, file: PolicyFile): Promise<PlannedCall[]> {
  const { underlyings } = chain.instruments;
  const known = underlyings.map(({ number }) => chain.underlyingName(number));
  const stranger = Object.keys(file.underlyings ?? {}).find((symbol) => !known.includes(symbol));
  if (stranger !== undefined) {
    throw new AppError(
      `policy ${file.name}: underlyings: ${stranger} is not listed on the chain (there are ${known.join(', ') || 'none'}); list it first, with its feeds`,
      { code: 'policy_mismatch' },
    );
  }
  return (await Promise.all(underlyings.map((each) => planUnderlying(chain, file, each)))).flat();
}

/** Underlyings of the chain that the file says nothing of: they stay as they are. */
export function listUntouched(chain: Chain, file: PolicyFile): string[] {
  const names = chain.instruments.underlyings.map(({ number }) => chain.underlyingName(number));
  return names.filter((name) => file.underlyings?.[name] === undefined);
}

async function planUnderlying(
  { client, manifest, block, underlyingName }: Chain,
  file: PolicyFile,
  { number, index, perpetual, risk, scenarios, delta, trade }: RampedUnderlying,
): Promise<PlannedCall[]> {
  const subject = underlyingName(number);
  const wanted = file.underlyings?.[subject];
  if (wanted === undefined) return [];
  const { PriceOracle, VolatilityFeed, RealisedVolatility } = manifest.contracts;
  const blockNumber = block.number;
  const [feed, surface, realised] = await Promise.all([
    readContract(client, {
      address: PriceOracle.address,
      abi: priceOracleAbi,
      functionName: 'feedOf',
      args: [perpetual],
      blockNumber,
    }),
    readContract(client, {
      address: VolatilityFeed.address,
      abi: volatilityFeedAbi,
      functionName: 'configOf',
      args: [index],
      blockNumber,
    }),
    readContract(client, {
      address: RealisedVolatility.address,
      abi: realisedVolatilityAbi,
      functionName: 'termsOf',
      args: [index],
      blockNumber,
    }),
  ]);
  const plan = createPlanner(manifest);
  const terms = { subject, key: number, underlying: number, contract: 'InstrumentPolicy' } as const;
  const { openAgeSeconds: openAge, liquidationAgeSeconds: liquidationAge } = wanted.perpetual.oracle;
  const feedWanted = { ...feed, openAge, liquidationAge, halfLife: wanted.perpetual.oracle.halfLifeSeconds };
  return [
    ...plan({ ...terms, setter: 'setRisk', known: risk.target, wanted: toInstrumentRisk(subject, wanted) }),
    ...plan({ ...terms, setter: 'setScenarios', known: scenarios.target, wanted: toScenarioTerms(wanted) }),
    ...plan({ ...terms, setter: 'setDeltaTerms', known: delta.target, wanted: toDeltaTerms(wanted) }),
    ...plan({
      ...terms,
      ...UNITS,
      setter: 'setTradeTerms',
      known: trade.target,
      wanted: toTradeTerms(subject, wanted),
    }),
    ...plan({
      subject: `${subject} perpetual`,
      key: perpetual,
      contract: 'PriceOracle',
      setter: 'configure',
      known: feed,
      wanted: feedWanted,
    }),
    ...plan({
      subject: `${subject} volatility`,
      key: index,
      contract: 'VolatilityFeed',
      setter: 'configure',
      known: surface,
      wanted: toVolatilityConfig(subject, wanted),
    }),
    ...plan({
      subject: `${subject} realised volatility`,
      key: index,
      contract: 'RealisedVolatility',
      setter: 'configure',
      known: realised,
      wanted: toVolatilityTerms(wanted),
    }),
  ];
}
