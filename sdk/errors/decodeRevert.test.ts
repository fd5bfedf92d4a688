import { encodeAbiParameters, encodeErrorResult, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';

import { errorsAbi } from '../abi';
import { INT256_MIN, toAccountId, WAD } from '../math';
import { decodeRevert, decodeRevertData, WAD_ARGUMENTS } from './decodeRevert';

const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const ACCOUNT = toAccountId(OWNER, 7n);
const DATA = encodeErrorResult({
  abi: errorsAbi,
  errorName: 'Undercollateralised',
  args: [ACCOUNT, (123n * WAD) / 10n, 14n * WAD],
});
const TEXT = `Undercollateralised(account ${OWNER}#7, equity 12.3, initial requirement 14)`;

describe('decodeRevert', () => {
  it('finds nothing where no contract was reached [SDK-02]', () => {
    expect(decodeRevert(new Error('fetch failed', { cause: new Error('ECONNREFUSED') }))).toBeUndefined();
    expect(decodeRevert(undefined)).toBeUndefined();
    expect(decodeRevert('0x1234')).toBeUndefined();
  });

  it('is not led in circles by an error that causes itself', () => {
    const error: { cause?: unknown } = {};
    error.cause = error;
    expect(decodeRevert(error)).toBeUndefined();
  });

  it.each([
    ['an error of an in-process Hardhat provider', Object.assign(new Error('reverted'), { data: DATA })],
    [
      'a Hardhat node over HTTP',
      { cause: { code: -32603, data: { message: 'reverted', txHash: '0xab', data: DATA } } },
    ],
    ['anvil over HTTP', { cause: { cause: { code: 3, data: DATA } } }],
    ["viem's decoded error", { cause: { name: 'ContractFunctionRevertedError', data: { errorName: 'X' }, raw: DATA } }],
    ['ethers, with the data nested', { code: 'CALL_EXCEPTION', info: { error: { data: DATA } } }],
    ['an empty answer in front of the real one', { data: '0x', cause: { data: DATA } }],
  ])('decodes %s', (_, error) => {
    expect(decodeRevert(error)).toMatchObject({ name: 'Undercollateralised', text: TEXT });
  });
});

describe('decodeRevertData', () => {
  it('says so when a contract gave no reason, or one of nobody here [SDK-02]', () => {
    expect(decodeRevertData('0x').name).toBe('EmptyRevert');
    expect(decodeRevertData('0xdeadbeef')).toMatchObject({ name: '0xdeadbeef', args: [] });
    // a known selector with its arguments cut off
    expect(decodeRevertData(DATA.slice(0, 20) as `0x${string}`).text).toContain('unknown error');
  });

  it("reads Solidity's own errors [SDK-02]", () => {
    const text = encodeAbiParameters([{ type: 'string' }], ['UniswapV2: K']).slice(2);
    expect(decodeRevertData(`0x08c379a0${text}`).text).toBe('Error(message UniswapV2: K)');
  });

  it('prints health that is no number as a word, names of parameters as text and counts as they are', () => {
    const notLiquidatable = encodeErrorResult({
      abi: errorsAbi,
      errorName: 'NotLiquidatable',
      args: [ACCOUNT, INT256_MIN],
    });
    expect(decodeRevertData(notLiquidatable).text).toBe(`NotLiquidatable(account ${OWNER}#7, health sunk)`);
    const outOfBounds = encodeErrorResult({
      abi: errorsAbi,
      errorName: 'ParameterOutOfBounds',
      args: [stringToHex('kinkBps', { size: 32 }), 0n, 1n, 9_999n],
    });
    expect(decodeRevertData(outOfBounds).text).toBe(
      'ParameterOutOfBounds(parameter kinkBps, value 0, least 1, most 9999)',
    );
  });

  it('has the money arguments of errors that exist', () => {
    for (const [name, args] of Object.entries(WAD_ARGUMENTS)) {
      const error = errorsAbi.find((item) => item.name === name);
      expect(error, name).toBeDefined();
      expect(error?.inputs.map((input) => input.name)).toEqual(expect.arrayContaining([...args]));
    }
  });
});
