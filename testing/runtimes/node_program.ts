/** What Node runs: the task is its argument, the report its output. @module */

import { report } from "./report.ts";

console.log(JSON.stringify(await report(JSON.parse(process.argv[2]!))));
