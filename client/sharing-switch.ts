// The script of Tuber's own page: the visitor's switch for passing things on.
import { SHARING_KEY, VISITOR_KEY } from "../protocol/paths.ts";

function start(): void {
  const box = document.querySelector<HTMLInputElement>("#sharing");
  if (box === null) return;
  try {
    box.checked = localStorage.getItem(SHARING_KEY) !== "off";
  } catch {
    // A browser that keeps nothing cannot keep this either.
    return;
  }
  box.disabled = false;
  box.addEventListener("change", () => {
    if (box.checked) return localStorage.removeItem(SHARING_KEY);
    localStorage.setItem(SHARING_KEY, "off");
    localStorage.removeItem(VISITOR_KEY);
  });
}

start();
