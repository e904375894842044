import type { OptionName } from "./config-options.ts";

/** A value before its schema has seen it: one text, or several for a list. */
export type RawValue = string | readonly string[];

/** Settings that one source gives. */
export type RawValues = { readonly [Name in OptionName]?: RawValue };
