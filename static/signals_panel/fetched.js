// Views whose content is fetched when they are first shown, or when something else asks for it.

import { fetchJson } from "./fetching.js";

const LOADING = "Loading…";
const GONE = "This list isn't available any more. Reload the page.";

export class Fetched {
    constructor(panel) {
        this.panel = panel;
        // By view; each is a promise of whether the content is there.
        this.coming = new Map();
        this.onContent = () => {};
        for (const view of panel.querySelectorAll(".fsp-view[data-url]")) {
            // What the page has in its place without a script.
            say(view, LOADING);
            view.addEventListener("change", (event) => this.onChoice(view, event));
        }
    }

    isComing(view) {
        return "url" in view.dataset && !("loaded" in view.dataset);
    }

    // True when its content is there; at once where nothing has to be fetched.
    load(view, parameters = {}) {
        if (!("url" in view.dataset)) {
            return Promise.resolve(true);
        }
        if (!this.coming.has(view)) {
            this.coming.set(view, this.fetch(view, parameters));
        }
        return this.coming.get(view);
    }

    async fetch(view, parameters) {
        const query = new URLSearchParams(parameters).toString();
        view.dataset.asked = query;
        let content = null;
        try {
            const data = await fetchJson(this.panel, view.dataset.url, parameters);
            content = data.content;
        } catch {
            // Told below.
        }
        if (view.dataset.asked !== query) {
            // Something else has been chosen meanwhile.
            return this.coming.get(view);
        }
        if (content === null) {
            say(view, GONE);
            // The next time it is shown is the next try.
            this.coming.delete(view);
            return false;
        }
        view.innerHTML = content;
        view.dataset.loaded = "";
        this.onContent(view);
        return true;
    }

    // A choice in a view replaces its content; the focus goes on in the new one.
    async onChoice(view, event) {
        const { choose } = event.target.dataset;
        if (choose) {
            const chosen = this.fetch(view, { [choose]: event.target.value });
            this.coming.set(view, chosen);
            await chosen;
            view.querySelector(`[data-choose="${choose}"]`)?.focus();
        }
    }
}

function say(view, text) {
    const place = document.createElement("p");
    place.className = "fsp-note";
    place.setAttribute("role", "status");
    place.textContent = text;
    view.replaceChildren(place);
}
