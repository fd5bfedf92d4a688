export { AppError, type AppErrorOptions } from './appError';
export { decodeRevert, decodeRevertData, type DecodedRevert } from './decodeRevert';
export { toAppError } from './toAppError';
