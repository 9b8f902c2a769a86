// The details of a row, which are fetched when they are opened and shown in a row below it.

import { fetchJson } from "./fetching.js";
import { offerSqlPanel } from "./sqlpanel.js";

const GONE = "These details aren't available any more. Reload the page.";

export class Details {
    // `opened` holds the keys of the buttons whose details are open; it outlives the panel.
    constructor(panel, opened) {
        this.panel = panel;
        this.opened = opened;
    }

    openAgain() {
        for (const key of [...this.opened]) {
            const button = this.panel.querySelector(`[data-details="${key}"]`);
            if (button) {
                this.open(button);
            }
        }
    }

    toggle(button) {
        if (button.getAttribute("aria-expanded") === "true") {
            this.opened.delete(button.dataset.details);
            button.setAttribute("aria-expanded", "false");
            this.shownFor(button)?.remove();
        } else {
            this.open(button);
        }
    }

    async open(button) {
        if (this.shownFor(button)) {
            return;
        }
        this.opened.add(button.dataset.details);
        button.setAttribute("aria-expanded", "true");
        const cell = addRowBelow(button.closest("tr"), idFor(button));
        const [kind, number] = button.dataset.details.split(":");
        try {
            const url = this.panel.dataset.detailsUrl;
            const data = await fetchJson(this.panel, url, { kind, number });
            cell.innerHTML = data.content;
            for (const element of cell.querySelectorAll(".fsp-js")) {
                element.hidden = false;
            }
            offerSqlPanel(cell);
        } catch {
            cell.textContent = GONE;
        }
    }

    shownFor(button) {
        return this.panel.querySelector(`#${idFor(button)}`);
    }

    // The open details of a row.
    below(row) {
        const buttons = [...row.querySelectorAll("[data-details]")];
        return buttons.map((button) => this.shownFor(button)).filter(Boolean);
    }

    // Details are hidden and shown with their row.
    follow(row) {
        for (const shown of this.below(row)) {
            shown.hidden = row.hidden;
        }
    }
}

function idFor(button) {
    return `fsp_details_${button.dataset.details.replace(":", "_")}`;
}

function addRowBelow(row, id) {
    const shown = document.createElement("tr");
    shown.className = "fsp-details";
    shown.id = id;
    shown.hidden = row.hidden;
    const cell = shown.insertCell();
    cell.colSpan = row.cells.length;
    cell.textContent = "Loading…";
    if (row.dataset.level) {
        shown.setAttribute("role", "row");
        shown.setAttribute("aria-level", String(Number(row.dataset.level) + 1));
        cell.setAttribute("role", "gridcell");
    }
    row.after(shown);
    return cell;
}
