export { AppError, type AppErrorOptions } from './appError';
