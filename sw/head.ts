import { parseContentRange } from "../protocol/ranges.ts";
import { validatorOf } from "../protocol/validator.ts";

/** The app's answer without its body, whether it came plainly or in a note. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** First byte of the body in the content. */
  readonly start: number;
  /** Byte after the body's last one; undefined while unknown. */
  readonly end: number | undefined;
  readonly total: number | undefined;
}

/** The head of a plain response, or undefined if its Content-Range makes no sense. */
export function headOf(response: Response): Head | undefined {
  const { status, statusText, headers } = response;
  if (status === 206) {
    const range = parseContentRange(headers.get("content-range") ?? "");
    return range && { status, statusText, headers, ...range };
  }
  const lengthText = headers.get("content-length");
  // A coded body's length says nothing of the bytes we will see.
  const length = lengthText === null || headers.has("content-encoding") ? undefined : Number(lengthText);
  return { status, statusText, headers, start: 0, end: length, total: length };
}

/** Whether `next` continues the very content `head` began, at byte `offset`. */
export function continues(head: Head, next: Head, offset: number): boolean {
  return (
    next.status === 206 &&
    next.start === offset &&
    next.total !== undefined &&
    next.total === head.total &&
    next.headers.get("etag") === head.headers.get("etag") &&
    validatorOf(next.headers) === validatorOf(head.headers)
  );
}
