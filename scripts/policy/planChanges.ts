import { readContract } from 'viem/actions';

import type { PolicyFile } from '../../deploy';
import {
  policyOf,
  toCashTerms,
  toCollateralRisk,
  toLiquidationTerms,
  toPaceLimit,
  toPairRisk,
} from '../../deploy/plan/policyParams';
import { priceOracleAbi } from '../../sdk/abi';
import { AppError } from '../../sdk/errors';
import { listedCollaterals, type Chain, type Listed } from './openChain';
import { createPlanner, type PlannedCall } from './planCall';
import { planInstruments } from './planInstruments';
import { planReleases } from './planReleases';
import type { RampedCollateral } from '../../sdk/client';

/**
 * The calls that make the chain's policy the file's, in an order in which each is allowed.
 * @throws AppError `policy_mismatch`: the file has other collaterals than the chain, or more underlyings
 */
export async function planChanges(chain: Chain, file: PolicyFile): Promise<PlannedCall[]> {
  const listed = listedCollaterals(chain);
  checkSymbols(listed, file);
  const plan = createPlanner(chain.manifest);
  const { cash: lent, liquidation } = chain.policy;
  const contract = 'MarginPolicy';
  const cash = plan({
    subject: 'cash',
    contract,
    setter: 'setCashTerms',
    known: lent.target,
    wanted: toCashTerms(file),
  });
  const terms = plan({
    subject: 'liquidation',
    contract,
    setter: 'setLiquidationTerms',
    known: liquidation.target,
    wanted: toLiquidationTerms(file),
  });
  // fees must be small beside the least debt at every step
  const base = file.cash.minDebtQuote >= lent.target.minDebt ? [...cash, ...terms] : [...terms, ...cash];
  const perAsset = await Promise.all(listed.map((each) => planCollateral(chain, file, each)));
  const instruments = await planInstruments(chain, file);
  return planReleases(chain, [...base, ...perAsset.flat(), ...instruments]);
}

async function planCollateral(
  chain: Chain,
  file: PolicyFile,
  { asset, symbol, decimals, terms, pair, pace }: RampedCollateral & Listed,
): Promise<PlannedCall[]> {
  const plan = createPlanner(chain.manifest);
  const wanted = policyOf(file, symbol);
  const common = { subject: symbol, contract: 'MarginPolicy', key: asset, asset, decimals } as const;
  const oracle = chain.manifest.contracts.PriceOracle.address;
  const feed = await readContract(chain.client, {
    address: oracle,
    abi: priceOracleAbi,
    functionName: 'feedOf',
    args: [asset],
    blockNumber: chain.block.number,
  });
  const { openAgeSeconds: openAge, liquidationAgeSeconds: liquidationAge, halfLifeSeconds: halfLife } = wanted.oracle;
  const pairWanted = toPairRisk(wanted);
  return [
    ...plan({
      ...common,
      setter: 'setCollateral',
      known: terms.target,
      wanted: toCollateralRisk(symbol, wanted, decimals),
    }),
    ...plan({
      ...common,
      setter: 'setPair',
      known: pair.target,
      // a pair that is taken off the list keeps its haircuts
      wanted: pairWanted.listed ? pairWanted : { ...pair.target, listed: false },
    }),
    ...plan({ ...common, setter: 'setPace', known: pace, wanted: toPaceLimit(symbol, wanted) }),
    ...plan({
      ...common,
      contract: 'PriceOracle',
      setter: 'configure',
      known: feed,
      wanted: { ...feed, openAge, liquidationAge, halfLife },
    }),
  ];
}

function checkSymbols(listed: readonly Listed[], file: PolicyFile): void {
  const symbols = listed.map(({ symbol }) => symbol);
  const stranger = Object.keys(file.collaterals).find((symbol) => !symbols.includes(symbol));
  if (stranger !== undefined) {
    throw new AppError(
      `policy ${file.name}: collaterals: ${stranger} is not listed on the chain (there are ${symbols.join(', ')}); list it first, with its feed`,
      { code: 'policy_mismatch' },
    );
  }
  for (const symbol of symbols) policyOf(file, symbol);
}
