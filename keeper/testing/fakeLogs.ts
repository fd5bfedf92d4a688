import { encodeAbiParameters, encodeEventTopics, numberToHex, parseAbi, type Address } from 'viem';

import { toAccountId, type AccountId } from '../../sdk/math';
import type { FakeLog } from './fakeNode';

export const VAULT: Address = '0x00000000000000000000000000000000000000aa';
export const INSTRUMENTS: Address = '0x00000000000000000000000000000000000000bb';
export const ORACLE: Address = '0x00000000000000000000000000000000000000CC';
export const LOSSES: Address = '0x00000000000000000000000000000000000000dD';

// Encoded by viem from the interfaces' signatures, so that what the keeper decodes by hand is checked against them.
const events = parseAbi([
  'event CashChanged(bytes32 indexed account, int256 delta, int256 principal)',
  'event CollateralChanged(bytes32 indexed account, address indexed asset, int256 delta, uint256 amount)',
  'event MarginCalled(bytes32 indexed account, address indexed caller, int256 health, uint256 calledAt, uint256 deadline, uint256 fee)',
  'event CallCleared(bytes32 indexed account, address indexed by, int256 health)',
  'event PositionChanged(bytes32 indexed account, uint64 indexed instrument, int256 size, int256 basis)',
  'event MarketChanged(uint8 indexed underlying, uint256 perpetuals, uint256 options, int256 unsettled)',
  'event FundingChanged(uint8 indexed underlying, int256 index, int256 rate)',
  'event UnderlyingListed(uint64 indexed version, uint8 indexed underlying, address index, address perpetual)',
  'event PriceRecorded(address indexed asset, uint256 spot, uint256 smoothed)',
  'event LossReported(bytes32 indexed account, address indexed reporter, uint256 loss, uint256 total)',
]);

const CALLER: Address = '0x00000000000000000000000000000000000000ff';

/** Account 0 of the `number`th test owner. */
export function testAccount(number: number): AccountId {
  return toAccountId(numberToHex(number, { size: 20 }), 0n);
}

export function cashChanged(account: AccountId, principal: bigint, delta = principal): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'CashChanged', args: { account } });
  return log(VAULT, topics, encodeAbiParameters([{ type: 'int256' }, { type: 'int256' }], [delta, principal]));
}

export function collateralChanged(account: AccountId, asset: Address, amount: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'CollateralChanged', args: { account, asset } });
  return log(VAULT, topics, encodeAbiParameters([{ type: 'int256' }, { type: 'uint256' }], [amount, amount]));
}

export function positionChanged(account: AccountId, instrument: bigint, size: bigint, basis: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'PositionChanged', args: { account, instrument } });
  return log(VAULT, topics, encodeAbiParameters([{ type: 'int256' }, { type: 'int256' }], [size, basis]));
}

export function marketChanged(underlying: number, perpetuals: bigint, options: bigint, unsettled: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'MarketChanged', args: { underlying } });
  const words = [{ type: 'uint256' }, { type: 'uint256' }, { type: 'int256' }] as const;
  return log(VAULT, topics, encodeAbiParameters(words, [perpetuals, options, unsettled]));
}

export function fundingChanged(underlying: number, index: bigint, rate: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'FundingChanged', args: { underlying } });
  return log(VAULT, topics, encodeAbiParameters([{ type: 'int256' }, { type: 'int256' }], [index, rate]));
}

export function underlyingListed(underlying: number, index: Address, perpetual: Address): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'UnderlyingListed', args: { version: 1n, underlying } });
  const data = encodeAbiParameters([{ type: 'address' }, { type: 'address' }], [index, perpetual]);
  return { ...log(VAULT, topics, data), address: INSTRUMENTS };
}

export function marginCalled(account: AccountId): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'MarginCalled', args: { account, caller: CALLER } });
  const words = [{ type: 'int256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }] as const;
  return log(VAULT, topics, encodeAbiParameters(words, [-1n, 10n, 20n, 30n]));
}

export function callCleared(account: AccountId): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'CallCleared', args: { account, by: CALLER } });
  return log(VAULT, topics, encodeAbiParameters([{ type: 'int256' }], [2n]));
}

export function priceRecorded(asset: Address, spot: bigint, smoothed: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'PriceRecorded', args: { asset } });
  return log(ORACLE, topics, encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [spot, smoothed]));
}

export function lossReported(account: AccountId, loss: bigint): FakeLog {
  const topics = encodeEventTopics({ abi: events, eventName: 'LossReported', args: { account, reporter: CALLER } });
  return log(LOSSES, topics, encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [loss, loss]));
}

function log(address: Address, topics: readonly unknown[], data: FakeLog['data']): FakeLog {
  return { address, topics: topics as FakeLog['topics'], data };
}
