// The pictures and the cascade below them have the same rows, one selection and one filter.

import { select } from "./revealing.js";

export class Linking {
    // `numbers` gives the numbers of the rows that a block of the picture stands for.
    constructor(panel, blocks, numbers) {
        this.panel = panel;
        this.tree = panel.tree;
        this.blocks = blocks;
        this.byRow = new Map();
        this.rowsOf = new Map();
        for (const drawn of blocks) {
            const rows = numbers(drawn).map((number) => this.tree.row(number));
            this.rowsOf.set(drawn, rows);
            for (const row of rows) {
                if (!this.byRow.has(row)) {
                    this.byRow.set(row, []);
                }
                this.byRow.get(row).push(drawn);
            }
        }
        this.tree.table.addEventListener("focusin", (event) => this.onFocus(event));
        this.lightFor(panel.inspector.row);
    }

    // A block was clicked: its rows are selected, the first of them with its details.
    choose(drawn) {
        const rows = this.rowsOf.get(drawn);
        select(this.panel, rows);
        this.panel.light(rows);
    }

    // A block was reached by keyboard.
    reach(drawn) {
        const rows = this.rowsOf.get(drawn);
        if (rows.length) {
            this.panel.inspector.follow(rows[0]);
            this.panel.light(rows);
        }
    }

    onFocus(event) {
        const row = event.target.closest("tr");
        if (this.tree.parent.has(row)) {
            this.lightFor(row);
        }
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
        for (const [{ group }, rows] of this.rowsOf) {
            const passes = !rows.length || rows.some((row) => this.tree.passes(row));
            group.classList.toggle("fsp-dim", !passes);
        }
    }
}

function isHighlighted(row) {
    return row.classList.contains("djdt-highlighted");
}
