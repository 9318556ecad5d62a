import { UnrecoverableError as BullUnrecoverableError } from "bullmq";

/** Ends a job without another try. BullMQ's own class takes only a message; this one keeps the cause. */
export class UnrecoverableError extends BullUnrecoverableError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message);
    if (options.cause !== undefined) {
      this.cause = options.cause;
    }
  }
}
