import { describe, expect, it } from 'vitest';

import { withoutKnownWarnings, type SolcMessage } from './knownWarnings';

const LICENCE: SolcMessage = {
  severity: 'warning',
  errorCode: '1878',
  sourceLocation: { file: '@uniswap/v2-core/contracts/interfaces/IUniswapV2Pair.sol' },
};
const TRANSIENT: SolcMessage = {
  severity: 'warning',
  errorCode: '2394',
  sourceLocation: { file: '@openzeppelin/contracts/utils/TransientSlot.sol' },
};
const UNUSED: SolcMessage = {
  severity: 'warning',
  errorCode: '5667',
  sourceLocation: { file: '@pythnetwork/pyth-sdk-solidity/MockPyth.sol' },
};

describe('withoutKnownWarnings', () => {
  it('keeps errors, other warnings, and the known ones where they are about our own sources', () => {
    const kept: SolcMessage[] = [
      { ...LICENCE, severity: 'error' },
      { ...LICENCE, errorCode: '5667' },
      { ...LICENCE, sourceLocation: { file: 'contracts/vault/MarginVault.sol' } },
      { ...TRANSIENT, sourceLocation: { file: 'contracts/vault/CheckQueue.sol' } },
      { severity: 'warning' },
    ];
    expect(withoutKnownWarnings({ errors: kept })).toEqual({ errors: kept });
  });

  it('leaves out a missing licence in Uniswap, transient storage in OpenZeppelin and unused parameters of Pyth', () => {
    expect(withoutKnownWarnings({ errors: [LICENCE, TRANSIENT, UNUSED] })).toEqual({ errors: [] });
    expect(withoutKnownWarnings({})).toEqual({});
    expect(withoutKnownWarnings(undefined)).toBeUndefined();
  });
});
