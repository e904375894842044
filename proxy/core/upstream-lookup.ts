import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import type { Clock } from "../../peer/clock.ts";
import { UpstreamAddresses } from "./upstream-addresses.ts";

/** What connections to the app resolve its name with. `isOwn`: whether connecting to this address would reach ourselves. */
export function createUpstreamLookup(clock: Clock, isOwn: (address: string) => boolean): LookupFunction {
  const resolve = (name: string) => lookup(name, { all: true, verbatim: true });
  return lookupIn(new UpstreamAddresses({ clock, resolve, isOwn }));
}

/** As Node's own `lookup`: the order of the addresses, and which of them to try at the same time, is for Node to choose. */
export function lookupIn(addresses: Pick<UpstreamAddresses, "of">): LookupFunction {
  return (name, options, callback) => {
    const wanted = options.family === 4 || options.family === 6 ? options.family : undefined;
    void addresses.of(name).then(
      (all) => {
        const found = all.filter(({ family }) => wanted === undefined || family === wanted);
        const [first] = found;
        if (first === undefined) callback(notFound(name), []);
        else if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

function notFound(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} has no address of the family asked for`), { code: "ENOTFOUND" });
}
