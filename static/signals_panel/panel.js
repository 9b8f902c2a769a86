/* The "Fired signals" panel: views, filter, tree, details. No build step, no dependencies.

   A custom element, so that it comes to life wherever the toolbar puts it: in the page, in the
   shadow root, on demand, by History's switch. Without this script the panel is plain tables. */

// What the user has set, by request: closing and reopening keeps it, as does a switch to
// another request and back. Nothing of it is stored anywhere else.
const remembered = new Map();

const FRESH = () => ({
    view: "cascade",
    text: "",
    off: new Set(), // origins
    queries: false,
    ms: 0,
    open: null, // rows of the tree; null until the costliest path is read from the page
    details: new Set(),
    sort: {}, // by view
});

const INTERACTIVE = "button, a, input, label, summary, [data-details]";

class SignalsPanel extends HTMLElement {
    connectedCallback() {
        if (document.readyState === "loading") {
            // The parser may not have got further than the start tag.
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
        this.addStyles();
        if (!this.dataset.requestId) {
            return;
        }
        const id = this.dataset.requestId;
        if (!remembered.has(id)) {
            remembered.set(id, FRESH());
        }
        this.state = remembered.get(id);
        for (const element of this.querySelectorAll(".fsp-js, .fsp-bar, .fsp-filter")) {
            element.hidden = false;
        }
        this.offerSqlPanel(this);
        this.tree = new Tree(this);
        this.startSorting();
        this.startFilter();
        this.startTabs();
        this.addEventListener("click", (event) => this.onClick(event));
        for (const key of [...this.state.details]) {
            const button = this.querySelector(`[data-details="${key}"]`);
            if (button) {
                this.openDetails(button);
            }
        }
    }

    // A link in HTML that comes by fetch has no nonce, and a strict CSP would refuse it. One
    // that a script makes may have the nonce of the toolbar's own. The panel is shown when its
    // styles have come, or can't come.
    addStyles() {
        const root = this.getRootNode();
        let link = root.querySelector("link[data-fsp]");
        if (!link) {
            link = document.createElement("link");
            const nonced = root.querySelector("[nonce]") || document.querySelector("[nonce]");
            if (nonced) {
                link.nonce = nonced.nonce;
            }
            link.rel = "stylesheet";
            link.href = this.dataset.css;
            link.dataset.fsp = "coming";
            (root === document ? document.head : root).append(link);
        }
        if (link.dataset.fsp === "coming") {
            this.hidden = true;
            for (const outcome of ["load", "error"]) {
                link.addEventListener(outcome, () => {
                    link.dataset.fsp = "";
                    this.hidden = false;
                });
            }
        }
    }

    say(text) {
        this.querySelector("[data-status]").textContent = text;
    }

    onClick(event) {
        const hit = (selector) => event.target.closest(selector);
        let element;
        if ((element = hit("[data-copy]"))) {
            this.copy(Promise.resolve(element.dataset.copy), element);
        } else if ((element = hit(".fsp-copy"))) {
            const text = this.fetchJson(this.dataset.outlineUrl, {}).then((data) => data.text);
            this.copy(text, element);
        } else if ((element = hit("[data-sql-panel]"))) {
            this.showInSqlPanel(element.dataset.sqlPanel);
        } else if ((element = hit("[data-details]"))) {
            this.toggleDetails(element);
        } else if ((element = hit("[data-goto]"))) {
            event.preventDefault();
            this.reveal([this.tree.row(element.dataset.goto)], true);
        } else if ((element = hit("[data-calls], [data-sends], [data-runs]"))) {
            event.preventDefault();
            const { calls, sends, runs } = element.dataset;
            this.reveal(
                this.tree.rows.filter(
                    (row) =>
                        (calls && row.dataset.receiver === calls) ||
                        (sends && row.dataset.signal === sends) ||
                        (runs && row.dataset.statement === runs)
                ),
                false
            );
        }
    }

    // Views -----------------------------------------------------------------------------

    startTabs() {
        const list = this.querySelector("[role=tablist]");
        this.tabs = [...list.querySelectorAll("[role=tab]")];
        for (const tab of this.tabs) {
            const view = this.view(tab.dataset.view);
            view.setAttribute("role", "tabpanel");
            view.setAttribute("aria-labelledby", tab.id);
            // The tab says what its summary does, and folds it.
            const folded = view.querySelector("details");
            folded.querySelector("summary").remove();
            folded.replaceWith(...folded.childNodes);
            tab.addEventListener("click", () => this.show(tab.dataset.view));
        }
        list.addEventListener("keydown", (event) => {
            const last = this.tabs.length - 1;
            const at = this.tabs.indexOf(event.target.closest("[role=tab]"));
            const to = {
                ArrowRight: at === last ? 0 : at + 1,
                ArrowLeft: at === 0 ? last : at - 1,
                Home: 0,
                End: last,
            }[event.key];
            if (to !== undefined) {
                event.preventDefault();
                this.show(this.tabs[to].dataset.view);
                this.tabs[to].focus();
            }
        });
        this.show(this.state.view);
    }

    view(name) {
        return this.querySelector(`#fsp-view-${name}`);
    }

    show(name) {
        this.state.view = name;
        for (const tab of this.tabs) {
            const isShown = tab.dataset.view === name;
            tab.setAttribute("aria-selected", String(isShown));
            tab.tabIndex = isShown ? 0 : -1;
            this.view(tab.dataset.view).hidden = !isShown;
        }
        this.filter();
    }

    // Show rows of the cascade: the first gets the focus, and its details when asked for.
    reveal(rows, withDetails) {
        const found = rows.filter(Boolean);
        if (!found.length) {
            this.say("Not among the rows kept in detail.");
            return;
        }
        this.show("cascade");
        for (const row of this.querySelectorAll(".djdt-highlighted")) {
            row.classList.remove("djdt-highlighted");
        }
        if (found.some((row) => !this.tree.passes(row))) {
            this.clearFilter();
        }
        for (const row of found) {
            this.tree.openAbove(row);
            row.classList.add("djdt-highlighted");
        }
        this.tree.draw();
        this.tree.focus(found[0]);
        found[0].scrollIntoView({ block: "center" });
        this.say(found.length === 1 ? "1 row highlighted" : `${found.length} rows highlighted`);
        const button = withDetails && found[0].querySelector("[data-details]");
        if (button) {
            this.openDetails(button);
        }
    }

    // Details ---------------------------------------------------------------------------

    toggleDetails(button) {
        if (button.getAttribute("aria-expanded") === "true") {
            this.state.details.delete(button.dataset.details);
            button.setAttribute("aria-expanded", "false");
            this.detailsRow(button)?.remove();
        } else {
            this.openDetails(button);
        }
    }

    detailsRow(button) {
        return this.querySelector(`#${detailsId(button)}`);
    }

    async openDetails(button) {
        if (this.detailsRow(button)) {
            return;
        }
        const row = button.closest("tr");
        this.state.details.add(button.dataset.details);
        button.setAttribute("aria-expanded", "true");
        const shown = document.createElement("tr");
        shown.className = "fsp-details";
        shown.id = detailsId(button);
        const cell = shown.insertCell();
        cell.colSpan = row.cells.length;
        cell.textContent = "Loading…";
        if (row.dataset.level) {
            shown.setAttribute("role", "row");
            shown.setAttribute("aria-level", String(Number(row.dataset.level) + 1));
            cell.setAttribute("role", "gridcell");
        }
        row.after(shown);
        shown.hidden = row.hidden;
        const [kind, number] = button.dataset.details.split(":");
        try {
            const data = await this.fetchJson(this.dataset.detailsUrl, { kind, number });
            cell.innerHTML = data.content;
            for (const element of cell.querySelectorAll(".fsp-js")) {
                element.hidden = false;
            }
            this.offerSqlPanel(cell);
        } catch {
            cell.textContent = "These details aren't available any more. Reload the page.";
        }
    }

    async fetchJson(address, parameters) {
        const url = new URL(address, document.baseURI);
        url.searchParams.set("request_id", this.dataset.requestId);
        for (const [name, value] of Object.entries(parameters)) {
            url.searchParams.set(name, value);
        }
        const response = await fetch(url, { credentials: "same-origin" });
        if (!response.ok) {
            throw new Error(response.statusText);
        }
        return response.json();
    }

    // Copying ---------------------------------------------------------------------------

    async copy(promise, button) {
        let done = true;
        try {
            if (globalThis.ClipboardItem && navigator.clipboard?.write) {
                // Given the promise, Safari still knows of the click.
                const blob = promise.then((text) => new Blob([text], { type: "text/plain" }));
                await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
            } else {
                done = copyOldWay(await promise, this);
            }
        } catch {
            try {
                done = copyOldWay(await promise, this);
            } catch {
                done = false;
            }
        }
        this.say(done ? "Copied" : "Copying failed");
        if (!button.dataset.label) {
            button.dataset.label = button.textContent;
        }
        button.textContent = done ? "Copied" : "Copying failed";
        setTimeout(() => {
            button.textContent = button.dataset.label;
        }, 1200);
    }

    // Sorting ---------------------------------------------------------------------------

    startSorting() {
        for (const table of this.querySelectorAll(".fsp-sortable")) {
            const view = table.closest("[data-view]").dataset.view;
            for (const head of table.tHead.rows[0].cells) {
                if (!head.dataset.sort) {
                    continue;
                }
                const button = document.createElement("button");
                button.type = "button";
                button.append(...head.childNodes);
                head.append(button);
                button.addEventListener("click", () => {
                    const first = head.dataset.sort === "number" ? "descending" : "ascending";
                    const other = first === "descending" ? "ascending" : "descending";
                    const direction = head.getAttribute("aria-sort") === first ? other : first;
                    this.state.sort[view] = [head.cellIndex, direction];
                    this.sort(table, head, direction);
                });
            }
            const sorted = this.state.sort[view];
            if (sorted) {
                this.sort(table, table.tHead.rows[0].cells[sorted[0]], sorted[1]);
            }
        }
    }

    sort(table, head, direction) {
        for (const cell of table.tHead.rows[0].cells) {
            cell.removeAttribute("aria-sort");
        }
        head.setAttribute("aria-sort", direction);
        const sign = direction === "ascending" ? 1 : -1;
        const value = (row) => row.cells[head.cellIndex].dataset.value;
        const compare =
            head.dataset.sort === "number"
                ? (a, b) => Number(value(a)) - Number(value(b))
                : (a, b) => value(a).localeCompare(value(b));
        for (const body of table.tBodies) {
            const rows = [...body.rows].filter((row) => row.dataset.kind);
            for (const row of rows.sort((a, b) => sign * compare(a, b))) {
                // Its details go with it.
                const details = [...row.querySelectorAll("[data-details]")].map((button) =>
                    this.detailsRow(button)
                );
                body.append(row, ...details.filter(Boolean));
            }
        }
    }

    // Filtering -------------------------------------------------------------------------

    startFilter() {
        this.form = this.querySelector(".fsp-filter");
        const fields = this.form.elements;
        fields.text.value = this.state.text;
        fields.queries.checked = this.state.queries;
        fields.ms.value = this.state.ms || "";
        for (const origin of ["project", "third-party", "django"]) {
            fields[origin].checked = !this.state.off.has(origin);
        }
        const read = () => {
            this.state.text = fields.text.value.trim().toLowerCase();
            this.state.queries = fields.queries.checked;
            this.state.ms = Number(fields.ms.value) || 0;
            this.state.off = new Set(
                ["project", "third-party", "django"].filter((origin) => !fields[origin].checked)
            );
            this.tree.closed.clear();
            this.filter();
        };
        this.form.addEventListener("input", read);
        this.form.addEventListener("submit", (event) => event.preventDefault());
        // After the fields have been reset.
        this.form.addEventListener("reset", () => setTimeout(read));
        this.statements = new Map();
        for (const row of this.view("queries").querySelectorAll("[data-find]")) {
            this.statements.set(row.id.replace("fsp_query_", ""), row.dataset.find.toLowerCase());
        }
    }

    clearFilter() {
        const fields = this.form.elements;
        this.form.reset();
        fields.text.value = this.state.text = "";
        fields.queries.checked = this.state.queries = false;
        fields.ms.value = "";
        this.state.ms = 0;
        this.state.off = new Set();
        this.filter();
    }

    get isFiltering() {
        const { text, off, queries, ms } = this.state;
        return Boolean(text || off.size || queries || ms);
    }

    allows(row) {
        const { off, queries, ms } = this.state;
        const { origin } = row.dataset;
        return (
            !(origin && off.has(origin)) &&
            !(queries && row.dataset.queries === "0") &&
            !(ms && row.dataset.ms !== undefined && Number(row.dataset.ms) < ms)
        );
    }

    says(row) {
        const { text } = this.state;
        if (!text) {
            return true;
        }
        if (row.searchText === undefined) {
            const places = [...row.querySelectorAll(".fsp-place")].map((place) => place.title);
            const statement = this.statements.get(row.dataset.statement) || "";
            const parts = [row.textContent, statement, row.dataset.find || "", ...places];
            row.searchText = parts.join("\n").toLowerCase();
        }
        return row.searchText.includes(text);
    }

    filter() {
        const view = this.view(this.state.view);
        let rows;
        if (this.state.view === "cascade") {
            this.tree.filter();
            rows = this.tree.rows.filter((row) => row.dataset.kind !== "phase");
            this.found(rows.filter((row) => this.tree.passes(row)).length, rows.length);
            return;
        }
        rows = [...view.querySelectorAll("tr[data-kind]")];
        for (const row of rows) {
            row.hidden = !(this.says(row) && this.allows(row));
            for (const button of row.querySelectorAll("[data-details]")) {
                const details = this.detailsRow(button);
                if (details) {
                    details.hidden = row.hidden;
                }
            }
        }
        this.found(rows.filter((row) => !row.hidden).length, rows.length);
    }

    found(number, all) {
        const place = this.querySelector(".fsp-found");
        const text = number ? `${number} of ${all} rows` : "Nothing matches";
        place.textContent = this.isFiltering ? text : "";
    }

    // The toolbar's SQL panel -----------------------------------------------------------

    get toolbar() {
        return this.closest("#djDebug");
    }

    offerSqlPanel(within) {
        const isOn = this.toolbar?.querySelector("#djdt-SQLPanel > a");
        for (const button of within.querySelectorAll("[data-sql-panel]")) {
            button.hidden = !isOn;
        }
    }

    showInSqlPanel(sql) {
        const panel = this.toolbar.querySelector("#SQLPanel");
        const pattern = patternOf(sql);
        const find = () =>
            [...panel.querySelectorAll("tr[id^=sqlMain_]")].find((row) => {
                // Its long form, which is hidden until it is opened.
                const shown = row.querySelector(".djDebugCollapsed");
                return shown && pattern.test(shown.textContent.replace(/\s+/g, ""));
            });
        const showRow = () => {
            const row = find();
            if (row) {
                row.classList.add("djdt-highlighted");
                row.scrollIntoView({ block: "center" });
                row.querySelector("button")?.focus();
            }
            return Boolean(row);
        };
        this.toolbar.querySelector("#djdt-SQLPanel > a").click();
        if (!showRow()) {
            // It is being loaded.
            const observer = new MutationObserver(() => showRow() && observer.disconnect());
            observer.observe(panel, { childList: true, subtree: true });
            setTimeout(() => observer.disconnect(), 60_000);
        }
    }
}

// The SQL panel shows values where a recorded statement has placeholders.
function patternOf(sql) {
    const parts = sql
        .replace(/… \([\d,]+ more characters\)$/, "%s")
        .replace(/\s+/g, "")
        .split(/%s|%\(\w+\)s/);
    const literal = (text) =>
        text.replaceAll("%%", "%").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${parts.map(literal).join("[\\s\\S]*?")}$`);
}

function detailsId(button) {
    return `fsp_details_${button.dataset.details.replace(":", "_")}`;
}

function copyOldWay(text, panel) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "fsp-hidden";
    panel.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
}

/* The cascade as a treegrid: https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/
   Rows have the focus, one at a time is reached by Tab. */
class Tree {
    constructor(panel) {
        this.panel = panel;
        this.table = panel.querySelector(".fsp-cascade");
        this.rows = this.table ? [...this.table.tBodies[0].rows] : [];
        this.parent = new Map();
        this.children = new Map([[null, []]]);
        // What the user has closed while a filter opens everything.
        this.closed = new Set();
        this.passing = null;
        const path = [];
        for (const row of this.rows) {
            const level = Number(row.dataset.level);
            path.length = level - 1;
            const parent = path.at(-1) ?? null;
            path.push(row);
            this.parent.set(row, parent);
            this.children.set(row, []);
            this.children.get(parent).push(row);
        }
        if (!this.table) {
            return;
        }
        const { state } = panel;
        state.open ??= new Set(
            this.rows.filter((row) => "open" in row.dataset).map((row) => row.id)
        );
        this.addRoles();
        this.table.addEventListener("keydown", (event) => this.onKeyDown(event));
        this.table.addEventListener("focusin", (event) => {
            const row = event.target.closest("tr");
            if (this.parent.has(row)) {
                this.makeCurrent(row);
            }
        });
        this.table.addEventListener("click", (event) => {
            const row = event.target.closest("tr");
            const isFree = !event.target.closest(INTERACTIVE) && this.parent.has(row);
            if (isFree && !String(getSelection())) {
                this.focus(row);
                this.toggle(row);
            }
        });
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
                if (parent) {
                    parent.classList.add("fsp-parent");
                }
            }
        }
        for (const cell of this.table.tBodies[0].querySelectorAll("td, th")) {
            cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "gridcell");
            cell.removeAttribute("scope");
        }
        for (const element of this.table.tBodies[0].querySelectorAll("button, a")) {
            element.tabIndex = -1;
        }
    }

    row(number) {
        return this.panel.querySelector(`#fsp_${number}`);
    }

    isParent(row) {
        return this.children.get(row).length > 0;
    }

    isOpen(row) {
        return this.passing ? !this.closed.has(row) : this.panel.state.open.has(row.id);
    }

    setOpen(row, value) {
        if (this.passing) {
            this.closed[value ? "delete" : "add"](row);
        } else {
            this.panel.state.open[value ? "add" : "delete"](row.id);
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

    passes(row) {
        return !this.passing || this.passing.has(row);
    }

    // A row passes when it fits, or stands above one that does. A receiver fits when it is
    // allowed and it, or what it stands below, or a query of its own, says the text.
    filter() {
        const { panel } = this;
        this.passing = panel.isFiltering ? new Set() : null;
        const visit = (row, isSaid, isAllowed) => {
            const { kind } = row.dataset;
            const said = isSaid || panel.says(row);
            const allowed = kind === "call" ? panel.allows(row) : isAllowed;
            let passes = false;
            for (const child of this.children.get(row)) {
                passes = visit(child, said, kind === "call" && allowed) || passes;
            }
            passes ||= said && allowed && kind !== "dispatch" && kind !== "phase";
            if (passes) {
                this.passing.add(row);
            }
            return passes;
        };
        if (this.passing) {
            for (const row of this.children.get(null)) {
                visit(row, panel.state.text === "", false);
            }
        }
        this.draw();
    }

    // Show what is open, hide what isn't.
    draw() {
        const waiting = [...this.children.get(null)].reverse().map((row) => [row, true]);
        while (waiting.length) {
            const [row, isShown] = waiting.pop();
            row.hidden = !(isShown && this.passes(row));
            for (const button of row.querySelectorAll("[data-details]")) {
                const details = this.panel.detailsRow(button);
                if (details) {
                    details.hidden = row.hidden;
                }
            }
            const isOpen = this.isOpen(row);
            if (this.isParent(row)) {
                row.setAttribute("aria-expanded", String(isOpen));
            }
            for (const child of this.children.get(row)) {
                waiting.push([child, !row.hidden && isOpen]);
            }
        }
        if (this.current?.hidden) {
            this.makeCurrent(this.rows.find((row) => !row.hidden) ?? this.rows[0]);
        }
    }

    makeCurrent(row) {
        if (!row || this.current === row) {
            return;
        }
        for (const [each, index] of [
            [this.current, -1],
            [row, 0],
        ]) {
            if (each) {
                each.tabIndex = index;
                for (const element of each.querySelectorAll("button, a")) {
                    element.tabIndex = index;
                }
            }
        }
        this.current = row;
    }

    focus(row) {
        this.makeCurrent(row);
        row.focus();
    }

    onKeyDown(event) {
        const row = event.target;
        // In a row's buttons and details the keys have their usual meaning.
        if (!this.parent.has(row) || event.altKey || event.ctrlKey || event.metaKey) {
            return;
        }
        const shown = this.rows.filter((each) => !each.hidden);
        const at = shown.indexOf(row);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
        if (to !== undefined) {
            event.preventDefault();
            if (shown[to]) {
                this.focus(shown[to]);
            }
        } else if (event.key === "ArrowRight" && this.isParent(row)) {
            event.preventDefault();
            if (this.isOpen(row)) {
                const child = this.children.get(row).find((each) => !each.hidden);
                if (child) {
                    this.focus(child);
                }
            } else {
                this.toggle(row);
            }
        } else if (event.key === "ArrowLeft") {
            event.preventDefault();
            if (this.isParent(row) && this.isOpen(row)) {
                this.toggle(row);
            } else if (this.parent.get(row)) {
                this.focus(this.parent.get(row));
            }
        } else if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            const button = row.querySelector("[data-details]");
            if (button) {
                this.panel.toggleDetails(button);
            } else {
                this.toggle(row);
            }
        }
    }
}

customElements.get("signals-panel") || customElements.define("signals-panel", SignalsPanel);
