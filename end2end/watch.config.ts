// `./dev test watch`: the developer's loop, on a copy of the sources. It builds everything for
// development, so the first run takes as long as the first `./dev watch`.
import base from "./playwright.config";

export default { ...base, testDir: "watch", timeout: 40 * 60_000, webServer: undefined };
