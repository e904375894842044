import type { Result } from "./result.ts";
export async function proxy(): Promise<Result> {
  throw new Error("not yet");
}
