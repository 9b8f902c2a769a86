// The rows of the cascade as a tree: which are below which, which are open, which pass the filter.

// Kinds of row that hold effects, apart from receivers and what they put off.
const HOLDS = new Set(["operation", "line"]);

export class Tree {
    // `table` is null where the cascade has no rows.
    constructor(table, settings) {
        this.table = table;
        this.settings = settings;
        this.rows = table ? [...table.tBodies[0].rows] : [];
        this.byId = new Map(this.rows.map((row) => [row.id, row]));
        this.parent = new Map();
        this.children = new Map([[null, []]]);
        // The rows that pass the filter, or null while there is none.
        this.passing = null;
        // A filter opens everything; these are the rows that the user has closed since.
        this.closed = new Set();
        this.connect();
        if (table) {
            settings.open ??= new Set(
                this.rows.filter((row) => "open" in row.dataset).map((row) => row.id),
            );
        }
    }

    // In the page the rows stand one after the other, each with its level.
    connect() {
        const path = [];
        for (const row of this.rows) {
            path.length = Number(row.dataset.level) - 1;
            const parent = path.at(-1) ?? null;
            path.push(row);
            this.parent.set(row, parent);
            this.children.set(row, []);
            this.children.get(parent).push(row);
        }
    }

    row(number) {
        return this.byId.get(`fsp_${number}`);
    }

    // Open and closed

    isParent(row) {
        return this.children.get(row).length > 0;
    }

    isOpen(row) {
        return this.passing ? !this.closed.has(row) : this.settings.open.has(row.id);
    }

    setOpen(row, value) {
        if (this.passing) {
            this.closed[value ? "delete" : "add"](row);
        } else {
            this.settings.open[value ? "add" : "delete"](row.id);
        }
    }

    toggle(row) {
        if (this.isParent(row)) {
            this.setOpen(row, !this.isOpen(row));
            this.draw();
        }
    }

    openAbove(row) {
        for (let above = this.parent.get(row); above; above = this.parent.get(above)) {
            this.setOpen(above, true);
        }
    }

    // What passes the filter

    passes(row) {
        return !this.passing || this.passing.has(row);
    }

    // A row passes when it matches, or when a row below it does. It matches when it is allowed, and
    // the text is found in it or in a row above it. Receivers are allowed for what they are, and
    // with them what they saved and queried, but for what they put off: that has a time and
    // effects of its own, like operations and lines outside of receivers.
    filter(filter) {
        this.passing = filter.isOn ? new Set() : null;
        // `holder` is whether the receiver, operation or line around a row is allowed, if it has one.
        const visit = (row, hadText, holder, hasOrigin) => {
            const { kind } = row.dataset;
            const hasText = hadText || filter.hasText(row);
            const origin = kind === "call" ? filter.hasOrigin(row) : hasOrigin;
            const isOutermost = HOLDS.has(kind) && holder === undefined;
            let allowed = holder;
            if (kind === "call" || kind === "deferred" || isOutermost) {
                allowed = origin && filter.allows(row);
            }
            let passes = false;
            for (const child of this.children.get(row)) {
                passes = visit(child, hasText, allowed, origin) || passes;
            }
            passes ||= hasText && allowed && kind !== "dispatch";
            if (passes) {
                this.passing.add(row);
            }
            return passes;
        };
        if (this.passing) {
            for (const row of this.children.get(null)) {
                visit(row, false, undefined, filter.hasAllOrigins);
            }
        }
        this.draw();
    }

    // Shows the rows whose parents are open, and hides the others.
    draw() {
        const waiting = [...this.children.get(null)].reverse().map((row) => [row, true]);
        while (waiting.length) {
            const [row, isShown] = waiting.pop();
            row.hidden = !(isShown && this.passes(row));
            const isOpen = this.isOpen(row);
            if (this.isParent(row)) {
                row.setAttribute("aria-expanded", String(isOpen));
            }
            for (const child of this.children.get(row)) {
                waiting.push([child, !row.hidden && isOpen]);
            }
        }
    }
}
