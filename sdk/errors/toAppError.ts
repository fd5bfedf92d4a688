import {
  BaseError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  LimitExceededRpcError,
  SocketClosedError,
  TimeoutError,
  UnknownRpcError,
  WebSocketRequestError,
} from 'viem';

import { AppError } from './appError';
import { decodeRevert } from './decodeRevert';

const UNREACHABLE = [HttpRequestError, SocketClosedError, TimeoutError, WebSocketRequestError] as const;

/**
 * What became of a call, as an AppError: `reverted` with the contract's reason, `no_contract`, `node_unreachable` and
 * `node_busy` (both retryable), or `unexpected`. An AppError stays what it is.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const revert = decodeRevert(error);
  if (revert !== undefined) return new AppError(revert.text, { code: 'reverted', cause: error });
  if (error instanceof BaseError) {
    const has = (type: abstract new (...args: never[]) => unknown): boolean =>
      error.walk((cause) => cause instanceof type) !== null;
    if (UNREACHABLE.some(has)) {
      return new AppError('the node does not answer', { code: 'node_unreachable', retryable: true, cause: error });
    }
    if (has(LimitExceededRpcError)) {
      return new AppError('the node refuses more requests for now', {
        code: 'node_busy',
        retryable: true,
        cause: error,
      });
    }
    if (has(ContractFunctionZeroDataError)) {
      return new AppError('the contract answers nothing: it is not there, or not what it should be', {
        code: 'no_contract',
        cause: error,
      });
    }
    // what viem has no word for keeps the node's own
    const message = error.walk((cause) => cause instanceof UnknownRpcError) ? error.details : error.shortMessage;
    return new AppError(message, { code: 'unexpected', cause: error });
  }
  return new AppError(error instanceof Error ? error.message : String(error), { code: 'unexpected', cause: error });
}
