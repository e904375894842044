/** What the program can be told to do. */
export const VERBS = {
  proxy: { summary: "Serve a site through Tuber (the default)" },
  "uninstall-sw": {
    summary:
      "Serve the site plainly while visitors' browsers let go of Tuber; run it for some weeks before removing Tuber",
  },
  demo: { summary: "Serve a sample site through Tuber" },
  config: { summary: "Print every setting with its value and where it came from" },
  health: { summary: "Exit 0 if a running Tuber is healthy (asks its admin address)" },
} as const;

export type Verb = keyof typeof VERBS;

export const VERB_NAMES = Object.keys(VERBS).filter((name): name is Verb => name in VERBS);
