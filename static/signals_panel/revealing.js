// Leads from a link elsewhere in the panel to the rows of the cascade that it is about.

// Highlights the rows and moves the focus to the first; `withDetails` opens its details too.
export function reveal(panel, rows, withDetails) {
    const { filter, inspector, tree, views } = panel;
    const found = rows.filter(Boolean);
    if (!found.length) {
        panel.say("Not among the rows kept in detail.");
        return;
    }
    views.show("cascade");
    highlight(panel, found);
    if (found.some((row) => !tree.passes(row))) {
        filter.clear();
        panel.applyFilter();
    }
    for (const row of found) {
        tree.openAbove(row);
    }
    tree.draw();
    tree.focus(found[0]);
    found[0].scrollIntoView({ block: "center" });
    panel.say(found.length === 1 ? "1 row highlighted" : `${found.length} rows highlighted`);
    const button = withDetails && found[0].querySelector("[data-details]");
    if (button) {
        inspector.open(button);
    }
}

function highlight(panel, rows) {
    for (const row of panel.querySelectorAll(".djdt-highlighted")) {
        row.classList.remove("djdt-highlighted");
    }
    for (const row of rows) {
        row.classList.add("djdt-highlighted");
    }
}

// Selects rows of the cascade without going there; the first shows its details.
export function select(panel, rows) {
    const { inspector, tree, views } = panel;
    views.show("cascade");
    highlight(panel, rows.length > 1 ? rows : []);
    for (const row of rows) {
        tree.openAbove(row);
    }
    tree.draw();
    // One that the filter hides is nowhere for Tab to go.
    if (!rows[0].hidden) {
        tree.makeCurrent(rows[0]);
    }
    const button = rows[0].querySelector("[data-details]");
    if (button) {
        inspector.open(button);
    }
}

// Reveals all rows of one receiver, of one signal and sender, or of one effect.
export function revealAll(panel, { calls, sends, runs }) {
    const found = panel.tree.rows.filter(
        ({ dataset }) =>
            (calls && dataset.receiver === calls) ||
            (sends && dataset.signal === sends) ||
            (runs && dataset.same === runs),
    );
    reveal(panel, found, false);
}
