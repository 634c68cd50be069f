// Wires the page.

import { wireAccount } from "./account.js";
import { wireAdministration } from "./administration.js";
import { wireDirectory } from "./directory.js";
import { events, wireEvents } from "./events.js";
import { follow } from "./feed.js";
import { wirePanels } from "./form.js";
import { wireIdentity } from "./identity.js";
import { wireLinks } from "./links.js";
import { wireMagicLink } from "./magic-link.js";
import { outbox, wireOutbox } from "./outbox.js";
import { wireSignIn } from "./sign-in.js";
import { wireTokens } from "./tokens.js";

wirePanels();
wireAccount();
wireSignIn();
wireDirectory();
wireTokens();
wireIdentity();
wireLinks();
wireAdministration();
wireOutbox();
wireEvents();
wireMagicLink();
follow(outbox, events);
