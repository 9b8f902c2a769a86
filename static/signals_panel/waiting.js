// Waits for a report that isn't ready when its panel is opened: asks for it again, with growing
// pauses, and replaces the waiting panel with the finished one. If that takes too long, it says so.

import { fetchJson } from "./fetching.js";

// In milliseconds.
const TIMES = { first: 250, longest: 2_000, enough: 30_000 };
const GROWTH = 1.5;
const GIVEN_UP = "This request's signals are not available yet. Open the panel again.";

// Ends when the panel is replaced, when it gives up, or when it is no longer in the page.
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

// An answer without a panel counts as an error.
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

// The focus stays where it is, unless it was inside the panel that goes away.
function takeThePlaceOf(panel, fresh) {
    const hadFocus = panel.contains(panel.getRootNode().activeElement);
    panel.replaceWith(fresh);
    if (hadFocus) {
        fresh.querySelector("[role=tab][aria-selected=true]")?.focus();
    }
}
