// The "Fired signals" panel as a custom element, so that it starts wherever the toolbar puts it. It
// starts the parts of the panel and hands clicks to them; without it the panel is plain tables.

import { copy } from "./copying.js";
import { Fetched } from "./fetched.js";
import { fetchJson } from "./fetching.js";
import { Filter } from "./filter.js";
import { keepFocus } from "./focusing.js";
import { Inspector } from "./inspector.js";
import { SignalMap } from "./map/map.js";
import { settingsOf } from "./remembered.js";
import { reveal, revealAll } from "./revealing.js";
import { whenSeen } from "./seen.js";
import { startSorting } from "./sorting.js";
import { offerSqlPanel, showInSqlPanel } from "./sqlpanel.js";
import { addStyles } from "./styles.js";
import { Timeline } from "./timeline/timeline.js";
import { placeTools } from "./tools.js";
import { INTERACTIVE, Treegrid } from "./treegrid.js";
import { Views } from "./views.js";
// What those above import. Named here, too, all of them are fetched side by side. What isn't needed
// at first is imported where it is: a browser fetches six files at a time, and each takes its time.
import "./linking.js";
import "./tabs.js";
import "./timeline/axis.js";
import "./timeline/drawing.js";
import "./timeline/layout.js";
import "./timeline/links.js";
import "./timeline/minimap.js";
import "./timeline/moving.js";
import "./timeline/scale.js";
import "./timeline/svg.js";
import "./timeline/unaccounted.js";
import "./timeline/walking.js";
import "./timeline/waterfall.js";
import "./tree.js";

// What a click on an element does. The first selector that matches is used.
const CLICKS = [
    ["[data-copy]", (panel, button) => copy(Promise.resolve(button.dataset.copy), button, panel)],
    ["[data-markdown]", (panel, button) => copy(markdownOf(panel), button, panel)],
    [".fsp-copy", (panel, button) => copy(outlineOf(panel), button, panel)],
    ["[data-written-out]", (panel, button) => copy(codeOf(panel, button), button, panel)],
    ["[data-sql-panel]", (_panel, button) => showInSqlPanel(button)],
    ["[data-details]", (panel, button) => panel.inspector.open(button)],
    [".fsp-close", (panel) => panel.inspector.close()],
    ["[data-show]", (panel, button) => panel.views.goTo(button.dataset.show)],
    ["[data-goto]", (panel, link) => reveal(panel, [panel.tree.row(link.dataset.goto)], true)],
    ["[data-calls], [data-sends], [data-runs]", (panel, link) => revealAll(panel, link.dataset)],
];

class SignalsPanel extends HTMLElement {
    connectedCallback() {
        if (document.readyState === "loading") {
            // The parser may have read no more than the start tag.
            document.addEventListener("DOMContentLoaded", () => this.start());
        } else {
            this.start();
        }
    }

    start() {
        if (this.isReady || !this.isConnected) {
            return;
        }
        this.isReady = true;
        // What is hidden can't have the focus.
        addStyles(this).then(() => keepFocus(this));
        if ("waiting" in this.dataset) {
            import("./waiting.js").then(({ waitForReport }) => waitForReport(this));
        } else if (this.dataset.requestId) {
            this.startParts();
        }
    }

    startParts() {
        const settings = settingsOf(this.dataset.requestId);
        for (const element of this.querySelectorAll(".fsp-js, .fsp-bar, .fsp-filter")) {
            element.hidden = false;
        }
        offerSqlPanel(this);
        this.inspector = new Inspector(this, settings);
        this.tree = new Treegrid(this.querySelector(".fsp-cascade"), settings, this.inspector);
        this.timeline = new Timeline(this, this.querySelector(".fsp-timeline"), settings);
        this.map = new SignalMap(this, settings);
        this.pictures = [this.timeline, this.map];
        this.inspector.onMark = (row) => {
            for (const picture of this.pictures) {
                picture.linking?.lightFor(row);
            }
        };
        startSorting(this, settings.sort);
        this.filter = new Filter(this, settings);
        this.filter.onChange = () => {
            this.tree.closed.clear();
            this.applyFilter();
        };
        this.views = new Views(this, settings);
        this.fetched = new Fetched(this);
        this.fetched.onContent = () => this.applyFilter();
        this.views.onShow = () => {
            this.fetched.load(this.views.view(this.views.shown));
            this.applyFilter();
        };
        this.views.show(settings.view);
        for (const place of [this, placeTools(this)]) {
            place?.addEventListener("click", (event) => this.onClick(event));
        }
        whenSeen(this, () => this.inspector.start());
    }

    // Of the views only the one that is shown is filtered; the others follow when they are shown.
    // The cascade always is: the picture above them goes by it.
    applyFilter() {
        this.tree.filter(this.filter);
        this.timeline.filter();
        this.map.filter();
        if (this.views.shown === "cascade") {
            this.filter.say(
                this.tree.rows.filter((row) => row.dataset.kind !== "phase"),
                (row) => this.tree.passes(row),
            );
        } else {
            const view = this.views.view(this.views.shown);
            this.filter.filterTables(view);
            if (this.fetched.isComing(view)) {
                this.filter.place.textContent = "";
            }
        }
        this.lookElsewhere();
    }

    // Once a filter was on, for the sentence goes with it.
    lookElsewhere() {
        if (this.filter.isOn) {
            this.elsewhere ??= import("./elsewhere.js");
        }
        this.elsewhere?.then(({ lookElsewhere }) => lookElsewhere(this));
    }

    onClick(event) {
        for (const [selector, act] of CLICKS) {
            const element = event.target.closest(selector);
            if (element) {
                // These links lead to a row of the panel; the address stays as it is.
                event.preventDefault();
                act(this, element);
                return;
            }
        }
        this.openRow(event);
    }

    // A click anywhere on a row of a table selects it; the cascade has its own ways.
    openRow(event) {
        const row = event.target.closest(".fsp-sortable > tbody > tr");
        const button = row?.querySelector(":scope > td > [data-details]");
        if (button && !event.target.closest(INTERACTIVE) && !String(getSelection())) {
            this.inspector.open(button);
        }
    }

    // Lights what stands for these rows in the pictures.
    light(rows) {
        for (const picture of this.pictures) {
            picture.linking?.light(rows);
        }
    }

    // Screen readers announce it.
    say(text) {
        this.querySelector("[data-status]").textContent = text;
    }
}

async function outlineOf(panel) {
    return (await fetchJson(panel, panel.dataset.outlineUrl)).text;
}

async function markdownOf(panel) {
    return (await fetchJson(panel, panel.dataset.markdownUrl)).text;
}

async function codeOf(panel, button) {
    const number = button.dataset.writtenOut;
    return (await fetchJson(panel, panel.dataset.writtenOutUrl, { number })).text;
}

// Defining an element twice is an error, and another copy of this script may have done it.
if (!customElements.get("signals-panel")) {
    customElements.define("signals-panel", SignalsPanel);
}
