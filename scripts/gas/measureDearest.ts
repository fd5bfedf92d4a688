import {
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  parseAbi,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
} from 'viem';

import {
  defaultFundAbi,
  lossWaterfallAbi,
  marginVaultAbi,
  mockAggregatorAbi,
  mockERC20Abi,
  priceOracleAbi,
} from '../../sdk/abi';
import { INT256_MAX, toAccountId, WAD } from '../../sdk/math';
import { KEEPER, openBench, placeMock, sendOn, type Bench } from './openBench';

const pythAbi = parseAbi(['function push(bytes32 id, int64 price, uint64 confidence, int32 exponent, uint256 time)']);
const bidderAbi = parseAbi([
  'struct Call { address target; bytes data; bool mayFail; }',
  'function run(Call[] script)',
]);
const CALLS = [
  {
    type: 'tuple[]',
    components: [
      { name: 'target', type: 'address' },
      { name: 'data', type: 'bytes' },
      { name: 'mayFail', type: 'bool' },
    ],
  },
] as const;

const USD = 10n ** 6n;
const DIGITS = 8;
const LENDER: Address = '0x0000000000000000000000000000000000001001';
const OWNER: Address = '0x000000000000000000000000000000000000103c';
/** As many stops and restarts as the vault looks back for. */
const OUTAGES = 4;
const GRACE = 1_800;
const CALLED_AT = 1_750;
const SUNK_TO = 1_000;

/**
 * The dearest account that there can be while feeds work: eight collaterals, each with a feed that Pyth seconds, called
 * before outages of the sequencer that nobody has recorded, worth less than it owes by more than reserves and tranches
 * have, and taken by a new bidder without money, who pays in the callback and owes on all eight at the end.
 * `test/attacks/liquidation.gas.test.ts` has terms that ramp and feeds that burn gas besides.
 */
export async function measureDearest(): Promise<bigint> {
  const { bench, publish, uptime } = await openSeconded();
  const { chain, manifest, vault } = bench;
  const quote = manifest.quote.address;
  await fillBackstop(bench, publish);
  const own = toAccountId(OWNER, 0n);
  for (const { address } of manifest.assets) await bench.give(OWNER, own, address, WAD);
  await publish(2_000);
  const act = (from: Address, functionName: string, args: readonly unknown[]) =>
    bench.send({ from, to: vault, abi: marginVaultAbi, functionName, args });
  await act(OWNER, 'borrow', [own, 12_000n * USD, OWNER]);
  await publish(CALLED_AT);
  await act(KEEPER, 'call', [own]);
  for (let i = 0; i < OUTAGES; ++i) {
    for (const down of [1n, 0n]) {
      await chain.advanceTo(chain.now() + 60);
      await bench.send({ from: KEEPER, to: uptime, abi: mockAggregatorAbi, functionName: 'push', args: [down] });
    }
  }
  await chain.advanceTo(chain.now() + 4 * 3_600);
  await publish(SUNK_TO);

  const bidder = await placeMock(chain, 'ScriptedBidder');
  const account = toAccountId(bidder, 0n);
  const run = (target: Address, data: Hex) =>
    bench.send({
      from: KEEPER,
      to: bidder,
      abi: bidderAbi,
      functionName: 'run',
      args: [[{ target, data, mayFail: false }]],
    });
  const paid = 3_000n * USD;
  await bench.send({ from: KEEPER, to: quote, abi: mockERC20Abi, functionName: 'mint', args: [bidder, paid] });
  await run(quote, encodeFunctionData({ abi: mockERC20Abi, functionName: 'approve', args: [vault, paid] }));
  const pay = encodeFunctionData({ abi: marginVaultAbi, functionName: 'deposit', args: [account, quote, paid] });
  const script = encodeAbiParameters(CALLS, [[{ target: vault, data: pay, mayFail: false }]]);
  const bid = [own, account, WAD, INT256_MAX, script] as const;
  const gas = await run(vault, encodeFunctionData({ abi: marginVaultAbi, functionName: 'liquidate', args: bid }));
  await checkLosses(bench);
  return gas;
}

/** That what was measured is what it is said to be. */
async function checkLosses({ chain, manifest }: Bench): Promise<void> {
  const { fromReserves, fromJunior, fromSenior, socialised } = await chain.client.readContract({
    address: manifest.contracts.LossWaterfall.address,
    abi: lossWaterfallAbi,
    functionName: 'lossesOf',
    args: [manifest.assets[0]?.address ?? zeroAddress],
  });
  if ([fromReserves, fromJunior, fromSenior, socialised].some((part) => part === 0n)) {
    throw new Error('the loss has not gone through all of the waterfall');
  }
}

/** A chain with a sequencer, and eight collaterals that Pyth seconds. */
async function openSeconded() {
  let mocks: { readonly pyth: Address; readonly uptime: Address } | undefined;
  const bench = await openBench({
    collaterals: 8,
    prepare: async (chain, config) => {
      const send = sendOn(chain);
      const pyth = await placeMock(chain, 'MockPythPrices');
      const uptime = await placeMock(chain, 'MockAggregator', [0, 'L2 sequencer uptime']);
      mocks = { pyth, uptime };
      await send({ from: KEEPER, to: uptime, abi: mockAggregatorAbi, functionName: 'push', args: [0n] });
      await chain.advanceTo(chain.now() + 2 * GRACE);
      for (const { symbol } of config.collaterals) {
        await send({
          from: KEEPER,
          to: pyth,
          abi: pythAbi,
          functionName: 'push',
          args: printOf(symbol, 2_000, chain.now()),
        });
      }
      const seconded = config.collaterals.map((each) => {
        const second = { pyth, id: idOf(each.symbol), confidencePercent: 1 };
        return { ...each, feed: { ...each.feed, second } };
      });
      return { ...config, sequencer: { feed: uptime, graceSeconds: GRACE }, collaterals: seconded };
    },
  });
  if (mocks === undefined) throw new Error('the mocks were not placed');
  const { pyth, uptime } = mocks;
  /** Both sources of all collaterals say `price`, whole quote units. */
  const publish = async (price: number): Promise<void> => {
    const { chain, manifest } = bench;
    await chain.advanceTo(chain.now() + 12);
    for (const { symbol, feed } of manifest.assets) {
      const answer = BigInt(price) * 10n ** BigInt(DIGITS);
      await bench.send({ from: KEEPER, to: feed, abi: mockAggregatorAbi, functionName: 'push', args: [answer] });
      const args = printOf(symbol, price, chain.now());
      await bench.send({ from: KEEPER, to: pyth, abi: pythAbi, functionName: 'push', args });
    }
    await chain.advanceTo(chain.now() + 12);
  };
  return { bench, publish, uptime };
}

/** Lenders, reserves of 100, 100 in the junior tranche and 1,000 in the senior one, of which half may go in a day. */
async function fillBackstop(bench: Bench, publish: (price: number) => Promise<void>): Promise<void> {
  const { chain, manifest, send, vault } = bench;
  const quote = manifest.quote.address;
  const lent = toAccountId(LENDER, 0n);
  await bench.give(LENDER, lent, quote, 100_000n * USD);
  await send({ from: LENDER, to: vault, abi: marginVaultAbi, functionName: 'contribute', args: [lent, 100n * WAD] });
  const at = (name: 'DefaultFund/junior' | 'DefaultFund/senior') => manifest.contracts[name].address;
  const tranches = [
    [at('DefaultFund/junior'), 100n * USD],
    [at('DefaultFund/senior'), 1_000n * USD],
  ] as const;
  for (const [to, amount] of tranches) {
    await send({ from: LENDER, to: quote, abi: mockERC20Abi, functionName: 'mint', args: [LENDER, amount] });
    await send({ from: LENDER, to: quote, abi: mockERC20Abi, functionName: 'approve', args: [to, amount] });
    await send({ from: LENDER, to, abi: defaultFundAbi, functionName: 'requestDeposit', args: [amount] });
  }
  await chain.advanceTo(chain.now() + 86_400);
  for (const [to, amount] of tranches) {
    await send({ from: LENDER, to, abi: defaultFundAbi, functionName: 'deposit', args: [amount, LENDER] });
  }
  await publish(2_000);
  const to = manifest.contracts.PriceOracle.address;
  const args = [manifest.assets.map(({ address }) => address)];
  await send({ from: KEEPER, to, abi: priceOracleAbi, functionName: 'update', args });
  await chain.advanceTo(chain.now() + 600);
}

function printOf(symbol: string, price: number, time: number): readonly unknown[] {
  const unit = 10n ** BigInt(DIGITS);
  return [idOf(symbol), BigInt(price) * unit, unit, -DIGITS, BigInt(time)];
}

function idOf(symbol: string): Hex {
  return keccak256(toHex(`${symbol} / USD`));
}
