// The picture and the cascade below it have the same rows, one selection and one filter.

import { select } from "../revealing.js";

export class Linking {
    constructor(panel, blocks) {
        this.panel = panel;
        this.tree = panel.tree;
        this.blocks = blocks;
        this.byRow = new Map();
        for (const drawn of blocks) {
            const row = this.tree.row(drawn.row.row);
            if (!this.byRow.has(row)) {
                this.byRow.set(row, []);
            }
            this.byRow.get(row).push(drawn);
        }
        this.tree.table.addEventListener("focusin", (event) => this.onFocus(event));
        this.lightFor(this.panel.inspector.row);
    }

    // A block was clicked: its row is the selected one.
    choose(drawn) {
        const row = this.tree.row(drawn.row.row);
        select(this.panel, row);
        this.light([row]);
    }

    // A block was reached by keyboard.
    reach(drawn) {
        const row = this.tree.row(drawn.row.row);
        this.panel.inspector.follow(row);
        this.light([row]);
    }

    onFocus(event) {
        const row = event.target.closest("tr");
        if (!this.byRow.has(row) && !this.tree.parent.has(row)) {
            // In a row's details: that row stays lit.
            return;
        }
        this.lightFor(row);
    }

    // A link may have led to several rows; as long as it is on one of them, all of them are lit.
    // `row` may be null.
    lightFor(row) {
        const isOneOfThem = row && isHighlighted(row);
        this.light(isOneOfThem ? this.tree.rows.filter(isHighlighted) : [row]);
    }

    light(rows) {
        const lit = new Set(rows.flatMap((row) => this.byRow.get(row) ?? []));
        for (const drawn of this.blocks) {
            drawn.isLit = lit.has(drawn);
            drawn.group.classList.toggle("fsp-lit", drawn.isLit);
        }
    }

    // What the filter hides is still a part of the request's time, and is dimmed.
    filter() {
        for (const [row, blocks] of this.byRow) {
            const isDim = !this.tree.passes(row);
            for (const { group } of blocks) {
                group.classList.toggle("fsp-dim", isDim);
            }
        }
    }
}

function isHighlighted(row) {
    return row.classList.contains("djdt-highlighted");
}
