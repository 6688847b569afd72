/** What runs when a report is opened. */
import type { PageData } from "../report/page-data.ts";
import { part } from "./element.ts";
import { Page } from "./page.ts";

new Page(JSON.parse(part("data").textContent) as PageData).start();
