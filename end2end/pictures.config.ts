// `npm run pictures` draws the README's pictures, `npm run screens` every page at every size.
import base from "./playwright.config";

export default { ...base, testDir: "pictures" };
