import { encodeFunctionData, type Abi, type Address, type Hex } from 'viem';
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
import { marginPolicyAbi, priceOracleAbi } from '../../sdk/abi';
import { AppError } from '../../sdk/errors';
import { listedCollaterals, type Chain, type Listed } from './openChain';
import { planReleases } from './planReleases';
import type { RampedCollateral } from '../../sdk/client';

/** A field that the file has otherwise than the chain. */
export interface FieldChange {
  readonly field: string;
  /** Where it is going today, and where the file wants it. */
  readonly from: unknown;
  readonly to: unknown;
  readonly decimals: number;
}

/** One call of the risk role. */
export interface PlannedCall {
  /** `WETH`, `cash` or `liquidation` */
  readonly subject: string;
  readonly functionName: Setter;
  readonly target: Address;
  readonly data: Hex;
  readonly value: object;
  readonly asset?: Address;
  readonly changes: readonly FieldChange[];
}

export type Setter =
  'setCollateral' | 'setPair' | 'setPace' | 'setCashTerms' | 'setLiquidationTerms' | 'configure' | 'release';

/**
 * The calls that make the chain's policy the file's, in an order in which each is allowed.
 * @throws AppError `policy_mismatch`: the file has other collaterals than the chain
 */
export async function planChanges(chain: Chain, file: PolicyFile): Promise<PlannedCall[]> {
  const listed = listedCollaterals(chain);
  checkSymbols(listed, file);
  const plan = createPlanner(chain);
  const { cash: lent, liquidation } = chain.policy;
  const cash = plan({ subject: 'cash', setter: 'setCashTerms', known: lent.target, wanted: toCashTerms(file) });
  const terms = plan({
    subject: 'liquidation',
    setter: 'setLiquidationTerms',
    known: liquidation.target,
    wanted: toLiquidationTerms(file),
  });
  // fees must be small beside the least debt at every step
  const base = file.cash.minDebtQuote >= lent.target.minDebt ? [...cash, ...terms] : [...terms, ...cash];
  const perAsset = await Promise.all(listed.map((each) => planCollateral(chain, file, each)));
  return planReleases(chain, [...base, ...perAsset.flat()]);
}

async function planCollateral(
  chain: Chain,
  file: PolicyFile,
  { asset, symbol, decimals, terms, pair, pace }: RampedCollateral & Listed,
): Promise<PlannedCall[]> {
  const plan = createPlanner(chain);
  const wanted = policyOf(file, symbol);
  const common = { subject: symbol, asset, decimals };
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
    ...plan({ ...common, setter: 'configure', known: feed, wanted: { ...feed, openAge, liquidationAge, halfLife } }),
  ];
}

interface Wanted {
  readonly subject: string;
  readonly setter: Setter;
  readonly asset?: Address;
  readonly decimals?: number;
  readonly known: object;
  readonly wanted: object;
}

/** Plans a call where `wanted` is not what is `known`. */
function createPlanner({ manifest }: Chain) {
  return ({ subject, setter, asset, decimals = 0, known, wanted }: Wanted): PlannedCall[] => {
    const before = known as Readonly<Record<string, unknown>>;
    const changes = Object.entries(wanted).flatMap(([field, to]): FieldChange[] => {
      const from = before[field];
      return String(from) === String(to) ? [] : [{ field, from, to, decimals }];
    });
    if (changes.length === 0) return [];
    const onOracle = setter === 'configure';
    const target = onOracle ? manifest.contracts.PriceOracle.address : manifest.contracts.MarginPolicy.address;
    const abi: Abi = onOracle ? priceOracleAbi : marginPolicyAbi;
    const args = asset === undefined ? [wanted] : [asset, wanted];
    const data = encodeFunctionData({ abi, functionName: setter, args });
    return [
      { subject, functionName: setter, target, data, value: wanted, changes, ...(asset !== undefined && { asset }) },
    ];
  };
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
