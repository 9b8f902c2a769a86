// The pane beside the picture and the tables, with the details of the row that is selected.

import { fetchJson } from "./fetching.js";
import { offerSqlPanel } from "./sqlpanel.js";

const GONE = "These details aren't available any more. Reload the page.";
// As long as the focus may move on before its row's details are asked for; in milliseconds.
const PAUSE = 150;
// There the pane has a place of its own beside the rest, else it lies over its lower end.
const IS_BESIDE = "(min-width: 1200px)";

export class Inspector {
    // `settings` outlive the panel: what was selected, and whether the pane was closed.
    constructor(panel, settings) {
        this.panel = panel;
        this.settings = settings;
        this.element = panel.querySelector(".fsp-inspector");
        this.place = panel.querySelector(".fsp-inspected");
        this.fetched = new Map();
        this.shown = null;
        this.onMark = () => {};
        this.element?.addEventListener("keydown", (event) => this.onKeyDown(event));
    }

    // Shows what was selected before; at first, where there is room for it, what is most worth it.
    start() {
        const key = this.settings.selected ?? this.element?.dataset.first;
        if (this.settings.selected || matchMedia(IS_BESIDE).matches) {
            const button = this.buttonOf(key);
            if (button && !this.settings.isClosed) {
                this.panel.tree.openAbove(button.closest("tr"));
                this.panel.tree.draw();
                this.show(button);
            }
        }
    }

    buttonOf(key) {
        return key && this.panel.querySelector(`[data-details="${key}"]`);
    }

    // The row that is selected, if one is.
    get row() {
        return this.panel.querySelector(".fsp-selected");
    }

    get isOpen() {
        return Boolean(this.element && !this.element.hidden);
    }

    // The row was chosen: its details are shown, whether the pane is open or not.
    open(button) {
        clearTimeout(this.waiting);
        this.settings.selected = button.dataset.details;
        this.settings.isClosed = false;
        return this.show(button);
    }

    // The focus has come to a row: an open pane follows.
    follow(row) {
        clearTimeout(this.waiting);
        const button = row.querySelector("[data-details]");
        if (button && this.isOpen) {
            this.waiting = setTimeout(() => this.open(button), PAUSE);
        }
    }

    async show(button) {
        const key = button.dataset.details;
        this.mark(button);
        if (this.shown === key) {
            return;
        }
        this.shown = key;
        this.element.hidden = false;
        this.element.setAttribute("aria-busy", "true");
        const content = await this.contentOf(key);
        if (this.shown === key) {
            this.write(content);
        }
    }

    write(content) {
        this.element.removeAttribute("aria-busy");
        this.element.scrollTop = 0;
        if (content === null) {
            this.place.textContent = GONE;
            // The next time it is selected is the next try.
            this.shown = null;
            return;
        }
        this.place.innerHTML = content;
        for (const element of this.place.querySelectorAll(".fsp-js")) {
            element.hidden = false;
        }
        offerSqlPanel(this.place);
    }

    // Null when it isn't to be had.
    async contentOf(key) {
        if (!this.fetched.has(key)) {
            const [kind, number] = key.split(":");
            try {
                const url = this.panel.dataset.detailsUrl;
                const data = await fetchJson(this.panel, url, { kind, number });
                this.fetched.set(key, data.content);
            } catch {
                return null;
            }
        }
        return this.fetched.get(key);
    }

    // One row of all tables is the selected one.
    mark(button) {
        for (const row of this.panel.querySelectorAll(".fsp-selected")) {
            row.classList.remove("fsp-selected");
            row.removeAttribute("aria-selected");
            row.querySelector("[aria-current]")?.removeAttribute("aria-current");
        }
        if (button) {
            const row = button.closest("tr");
            row.classList.add("fsp-selected");
            button.setAttribute("aria-current", "true");
            if (row.getAttribute("role") === "row") {
                row.setAttribute("aria-selected", "true");
            }
        }
        this.onMark(this.row);
    }

    // By keyboard, into the pane and out of it.

    async enter(button) {
        const root = this.panel.getRootNode();
        const before = root.activeElement;
        await this.open(button);
        // Whoever has gone on meanwhile is left alone.
        if (root.activeElement === before) {
            this.element.focus();
        }
    }

    close() {
        const button = this.buttonOf(this.shown);
        const hadFocus = this.element.contains(this.panel.getRootNode().activeElement);
        this.element.hidden = true;
        this.shown = null;
        this.settings.selected = null;
        this.settings.isClosed = true;
        this.mark(null);
        if (button && hadFocus) {
            const row = button.closest("tr");
            const place = row.getAttribute("role") === "row" ? row : button;
            // Another view may be shown by now.
            (place.getClientRects().length ? place : this.panel).focus();
        }
    }

    onKeyDown(event) {
        if (event.key === "Escape") {
            // Else it closes the panel, as everywhere in the toolbar.
            event.stopPropagation();
            this.close();
        }
    }
}
