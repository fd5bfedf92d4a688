import { BaseError, BlockNotFoundError, HttpRequestError, RpcError, RpcRequestError, TimeoutError } from 'viem';

import { AppError, decodeRevert } from '../../sdk/errors';

// What a node answers when it is busy, behind, or behind a balancer with one that is: the request was fine. Geth and its
// kin use -32000 for most of that, and for little else that a read can provoke.
const PASSING_RPC_CODES: ReadonlySet<number> = new Set([-32_000, -32_001, -32_002, -32_005, -32_603]);

/**
 * What a failed request means, decided by classes and codes. Errors that are not the node's come back as they are.
 * Messages leave out the endpoint, which may carry a key.
 */
export function toRpcError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof BaseError)) return error;
  const revert = decodeRevert(error);
  // a read that no state should make fail; another head is another state
  if (revert !== undefined) return rpcError('read_reverted', `a read reverted: ${revert.text}`, true, error);
  const walked = (kind: abstract new (...args: never[]) => Error) => error.walk((cause) => cause instanceof kind);

  const http = walked(HttpRequestError) as HttpRequestError | null;
  if (http !== null) return fromHttp(http, error);
  if (walked(TimeoutError) !== null) return rpcError('node_timeout', 'the node took too long to answer', true, error);
  if (walked(BlockNotFoundError) !== null) {
    return rpcError('block_gone', 'the node no longer has a block that it had', true, error);
  }
  const rpc = (walked(RpcRequestError) ?? walked(RpcError)) as RpcRequestError | RpcError | null;
  if (rpc === null) return error;
  const told = rpc instanceof RpcRequestError ? rpc.details : rpc.shortMessage;
  return rpcError('rpc_rejected', `the node answered ${rpc.code}: ${told}`, PASSING_RPC_CODES.has(rpc.code), error);
}

/** Whether no answer came at all, so that the request may or may not have had its effect. */
export function isAnswerMissing(error: unknown): boolean {
  const { code } = toRpcError(error) as { code?: unknown };
  return code === 'node_unreachable' || code === 'node_timeout' || code === 'node_failing';
}

function fromHttp({ status }: HttpRequestError, cause: unknown): AppError {
  if (status === undefined) return rpcError('node_unreachable', 'the node does not answer', true, cause);
  if (status === 429) return rpcError('rate_limited', 'the node answers HTTP 429, too many requests', true, cause);
  if (status >= 500) return rpcError('node_failing', `the node answers HTTP ${status}`, true, cause);
  return rpcError('node_refused', `the node answers HTTP ${status}`, false, cause);
}

function rpcError(code: string, message: string, retryable: boolean, cause: unknown): AppError {
  return new AppError(message, { code, retryable, cause });
}
