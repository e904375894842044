import { follows, shapeOf, type UrlShape } from "./url-shape.ts";

/** Shapes of one rendition: its segments, LL-HLS parts and what else a playlist may name. */
const MAX_SHAPES = 8;

/** The URLs that were asked of one swarm, as far as they tell what will be asked next. */
export class RecentUrls {
  readonly #last = new Map<string, UrlShape>();

  /** This path (without query) is one of the swarm's. */
  asked(path: string): void {
    const shape = shapeOf(path);
    const last = this.#last.get(shape.text);
    if (last !== undefined && !follows(last, shape)) return;
    this.#last.delete(shape.text);
    this.#last.set(shape.text, shape);
    const [oldest] = this.#last.keys();
    if (this.#last.size > MAX_SHAPES && oldest !== undefined) this.#last.delete(oldest);
  }

  /** Whether this path looks like one that follows. */
  expects(path: string): boolean {
    const shape = shapeOf(path);
    const last = this.#last.get(shape.text);
    return last !== undefined && follows(last, shape);
  }
}
