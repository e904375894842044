/** What speaks for and against sending to other viewers from this browser, at the moment. */
export interface Circumstances {
  /** The visitor switched sharing off for this site. */
  readonly switchedOff: boolean;
  /** The browser is set to save data. */
  readonly savesData: boolean;
  /** `navigator.connection.type` where it exists. */
  readonly connection: string | undefined;
  /** `level` 0 … 1; undefined where the browser does not say. */
  readonly battery: { readonly level: number; readonly charging: boolean } | undefined;
  /** For how long no tab of the site has been in view. */
  readonly hiddenMs: number;
}

const LOW_BATTERY = 0.2;
/** Somebody who looks into another tab for a moment is still there. */
const HIDDEN_MS = 30_000;

/** Whether this browser may send to other viewers: nobody pays for it with money, battery or a machine he does not watch with. */
export function mayUpload({ switchedOff, savesData, connection, battery, hiddenMs }: Circumstances): boolean {
  if (switchedOff || savesData || connection === "cellular") return false;
  if (battery !== undefined && !battery.charging && battery.level < LOW_BATTERY) return false;
  return hiddenMs <= HIDDEN_MS;
}
