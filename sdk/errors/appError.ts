export interface AppErrorOptions {
  /** What went wrong, for programs: stable, `snake_case`. */
  readonly code: string;
  /** Whether the same attempt may succeed later with nothing changed here; no by default. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * An error that somebody foresaw. The message is one line that says what to do about it; whoever catches it decides by
 * `code` and `retryable`, never by the text.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, options: AppErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code;
    this.retryable = options.retryable ?? false;
  }
}
