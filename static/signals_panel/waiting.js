// A panel whose report isn't ready when it is opened: it asks for its content again, with growing
// pauses, and makes way for the whole panel. When that takes too long, it says so.

import { fetchJson } from "./fetching.js";

// In milliseconds.
const TIMES = { first: 250, longest: 2_000, enough: 30_000 };
const GROWTH = 1.5;
const GIVEN_UP = "This request's signals are not available yet. Open the panel again.";

// Ends when the panel was replaced, has given up, or is no longer in the page.
export async function waitForReport(panel, times = TIMES) {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), times.enough);
    try {
        let pause = times.first;
        while (panel.isConnected) {
            await sleep(pause, over.signal);
            pause = Math.min(pause * GROWTH, times.longest);
            const fresh = await askForPanel(panel, over.signal);
            if (!("waiting" in fresh.dataset)) {
                takeThePlaceOf(panel, fresh);
            }
        }
    } catch {
        panel.querySelector("[role=status]").textContent = GIVEN_UP;
    } finally {
        clearTimeout(timer);
    }
}

function sleep(ms, signal) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => {
            clearTimeout(timer);
            reject(signal.reason);
        });
    });
}

// An answer without a panel is an error like any other.
async function askForPanel(panel, signal) {
    const data = await fetchJson(panel, panel.dataset.contentUrl, {}, { signal });
    const parsed = document.createElement("template");
    parsed.innerHTML = data.content;
    const fresh = parsed.content.querySelector("signals-panel");
    if (!fresh) {
        throw new Error("The answer holds no panel.");
    }
    return fresh;
}

// The focus stays where it is, unless it was in what goes away.
function takeThePlaceOf(panel, fresh) {
    const hadFocus = panel.contains(panel.getRootNode().activeElement);
    panel.replaceWith(fresh);
    if (hadFocus) {
        fresh.querySelector("[role=tab][aria-selected=true]")?.focus();
    }
}
