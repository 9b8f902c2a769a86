// The picture and the cascade below it have the same rows, one selection and one filter.

import { reveal } from "../revealing.js";

export class Linking {
    constructor(panel, blocks) {
        this.panel = panel;
        this.tree = panel.tree;
        this.blocks = blocks;
        this.byRow = new Map();
        for (const drawn of blocks) {
            const row = this.tree.row(drawn.row.row);
            this.byRow.set(row, [...(this.byRow.get(row) ?? []), drawn]);
        }
        this.tree.table.addEventListener("focusin", (event) => this.onFocus(event));
    }

    // Shows a block's row in the cascade, with its details.
    choose(drawn) {
        const row = this.tree.row(drawn.row.row);
        reveal(this.panel, [row], true);
    }

    onFocus(event) {
        const row = event.target.closest("tr");
        if (!this.byRow.has(row) && !this.tree.parent.has(row)) {
            // In a row's details: that row stays lit.
            return;
        }
        const isOfMany = row.classList.contains("djdt-highlighted");
        const rows = isOfMany ? this.tree.rows.filter(isHighlighted) : [row];
        this.light(rows);
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
            for (const { group } of blocks) {
                group.classList.toggle("fsp-dim", !this.tree.passes(row));
            }
        }
    }
}

function isHighlighted(row) {
    return row.classList.contains("djdt-highlighted");
}
