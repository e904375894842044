import type { Result } from "./result.ts";
export async function firstFrame(): Promise<Result> {
  throw new Error("not yet");
}
