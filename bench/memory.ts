import type { Result } from "./result.ts";
export async function memory(): Promise<Result> {
  throw new Error("not yet");
}
