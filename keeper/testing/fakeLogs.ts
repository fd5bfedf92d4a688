import { encodeAbiParameters, encodeEventTopics, numberToHex, parseAbi, type Address } from 'viem';

import { toAccountId, type AccountId } from '../../sdk/math';
import type { FakeLog } from './fakeNode';

export const VAULT: Address = '0x00000000000000000000000000000000000000aa';
export const ORACLE: Address = '0x00000000000000000000000000000000000000CC';
export const LOSSES: Address = '0x00000000000000000000000000000000000000dD';

// Encoded by viem from the interfaces' signatures, so that what the keeper decodes by hand is checked against them.
const events = parseAbi([
  'event CashChanged(bytes32 indexed account, int256 delta, int256 principal)',
  'event CollateralChanged(bytes32 indexed account, address indexed asset, int256 delta, uint256 amount)',
  'event MarginCalled(bytes32 indexed account, address indexed caller, int256 health, uint256 calledAt, uint256 deadline, uint256 fee)',
  'event CallCleared(bytes32 indexed account, address indexed by, int256 health)',
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
