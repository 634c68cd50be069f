// node run.mjs URL [PICTURE]: plays every case on the page at URL; saves PICTURE if one is named.

import { chromium } from "playwright-core";

import { axeFindsNothing, everythingHasAName } from "./access.mjs";
import { anAdministratorMergesAndErases } from "./administration.mjs";
import { aDirectoryPersonReachesTheOwnFilesOnly } from "./directory.mjs";
import { credentialsReachTheOwnFilesOnly } from "./identity.mjs";
import { aKeyboardIsEnough } from "./keyboard.mjs";
import {
  aLinkOfTheMailSignsIn, aLinkResumesTheSessionThatCausedIt, linksAreNeverFollowedByThemselves,
} from "./link.mjs";
import {
  theSamplePageKeepsABoundLinkToItsSession, theSamplePageSignsInInAnyBrowser,
  theSamplePageWaitsForItsButton,
} from "./link-page.mjs";
import { aDirectoryPersonLinksAnotherLogin } from "./links.mjs";
import { longListsStayQuick, whatIsReceivedStaysText } from "./lists.mjs";
import { PHONE, nothingScrollsSideways } from "./narrow.mjs";
import { WINDOW, takePicture } from "./picture.mjs";
import { watched } from "./stage.mjs";
import {
  everyFlowWorks, refusalsAreSaid, triggersAreListedAsTheyHappen, twoRoundsWorkToo,
} from "./walk.mjs";

const [base, picture] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node run.mjs URL [PICTURE]");
  process.exit(2);
}

const cases = [
  [everyFlowWorks, {}],
  [twoRoundsWorkToo, {}],
  [triggersAreListedAsTheyHappen, {}],
  [refusalsAreSaid, {}],
  [linksAreNeverFollowedByThemselves, {}],
  [aLinkOfTheMailSignsIn, {}],
  [aLinkResumesTheSessionThatCausedIt, {}],
  [theSamplePageWaitsForItsButton, {}],
  [theSamplePageSignsInInAnyBrowser, {}],
  [theSamplePageKeepsABoundLinkToItsSession, {}],
  [credentialsReachTheOwnFilesOnly, {}],
  [aDirectoryPersonReachesTheOwnFilesOnly, {}],
  [aDirectoryPersonLinksAnotherLogin, {}],
  [anAdministratorMergesAndErases, {}],
  [longListsStayQuick, {}],
  [whatIsReceivedStaysText, {}],
  [aKeyboardIsEnough, {}],
  [nothingScrollsSideways, PHONE],
  [everythingHasAName, {}],
  [axeFindsNothing, {}],
];
if (picture !== undefined) {
  cases.unshift([takePicture(picture), WINDOW]);
}

// The driver gives every start an empty profile of its own.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let failed = 0;
for (const [play, options] of cases) {
  const name = play.name === "" ? "the picture is taken" : play.name;
  try {
    await watched(browser, base, options, play);
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error.stack}`);
  }
}
await browser.close();
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
