// The cascade as a treegrid: https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/
// The focus is on rows: Tab reaches one of them, and the arrow keys lead from row to row.

import { Tree } from "./tree.js";

export const INTERACTIVE = "button, a, input, label, summary, [data-details]";

export class Treegrid extends Tree {
    constructor(table, settings, inspector) {
        super(table, settings);
        this.inspector = inspector;
        if (!table) {
            return;
        }
        this.addRoles();
        table.addEventListener("keydown", (event) => this.onKeyDown(event));
        table.addEventListener("focusin", (event) => {
            const row = event.target.closest("tr");
            if (this.parent.has(row)) {
                this.makeCurrent(row);
                inspector.follow(row);
            }
        });
        table.addEventListener("click", (event) => this.onClick(event));
        this.makeCurrent(this.rows[0]);
    }

    addRoles() {
        this.table.setAttribute("role", "treegrid");
        this.table.setAttribute("aria-label", "Cascade");
        for (const [parent, rows] of this.children) {
            for (const [index, row] of rows.entries()) {
                row.setAttribute("role", "row");
                row.setAttribute("aria-level", row.dataset.level);
                row.setAttribute("aria-setsize", rows.length);
                row.setAttribute("aria-posinset", index + 1);
                row.tabIndex = -1;
                parent?.classList.add("fsp-parent");
            }
        }
        const body = this.table.tBodies[0];
        for (const cell of body.querySelectorAll("td, th")) {
            cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "gridcell");
            cell.removeAttribute("scope");
        }
        for (const element of body.querySelectorAll("button, a")) {
            element.tabIndex = -1;
        }
    }

    draw() {
        super.draw();
        if (this.current?.hidden) {
            this.makeCurrent(this.rows.find((row) => !row.hidden) ?? this.rows[0]);
        }
    }

    // Makes this the one row that Tab reaches, together with its buttons and links.
    makeCurrent(row) {
        if (!row || this.current === row) {
            return;
        }
        setTabIndex(this.current, -1);
        setTabIndex(row, 0);
        this.current = row;
    }

    focus(row) {
        this.makeCurrent(row);
        row.focus();
    }

    onClick(event) {
        const row = event.target.closest("tr");
        const isFree = !event.target.closest(INTERACTIVE) && this.parent.has(row);
        // A click may end a selection of text, which is meant for copying.
        if (isFree && !String(getSelection())) {
            this.makeCurrent(row);
            // What was clicked on is in sight: it stays where it is.
            row.focus({ preventScroll: true });
            const button = row.querySelector("[data-details]");
            if (button && !event.target.closest(".fsp-twist")) {
                this.inspector.open(button);
            } else {
                this.toggle(row);
            }
        }
    }

    onKeyDown(event) {
        const row = event.target;
        // In buttons and details the keys keep their usual meaning.
        if (!this.parent.has(row) || event.altKey || event.ctrlKey || event.metaKey) {
            return;
        }
        const shown = this.rows.filter((each) => !each.hidden);
        const at = shown.indexOf(row);
        const act = {
            ArrowDown: () => this.focusOneOf(shown[at + 1]),
            ArrowUp: () => this.focusOneOf(shown[at - 1]),
            Home: () => this.focusOneOf(shown[0]),
            End: () => this.focusOneOf(shown.at(-1)),
            ArrowRight: this.isParent(row) && (() => this.enter(row)),
            ArrowLeft: () => this.leave(row),
            Enter: () => this.openDetails(row),
            " ": () => this.openDetails(row),
        }[event.key];
        if (act) {
            event.preventDefault();
            act();
        }
    }

    focusOneOf(row) {
        if (row) {
            this.focus(row);
        }
    }

    enter(row) {
        if (this.isOpen(row)) {
            this.focusOneOf(this.children.get(row).find((each) => !each.hidden));
        } else {
            this.toggle(row);
        }
    }

    leave(row) {
        if (this.isParent(row) && this.isOpen(row)) {
            this.toggle(row);
        } else {
            this.focusOneOf(this.parent.get(row));
        }
    }

    openDetails(row) {
        const button = row.querySelector("[data-details]");
        if (button) {
            this.inspector.enter(button);
        } else {
            this.toggle(row);
        }
    }
}

function setTabIndex(row, index) {
    for (const element of row ? [row, ...row.querySelectorAll("button, a")] : []) {
        element.tabIndex = index;
    }
}
