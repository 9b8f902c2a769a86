// The filter above the views: its settings, which rows pass it, and how many they are.

const ORIGINS = ["project", "third-party", "django"];

export class Filter {
    constructor(panel, settings) {
        this.settings = settings;
        this.form = panel.querySelector(".fsp-filter");
        this.place = panel.querySelector(".fsp-found");
        this.statements = statementsIn(panel);
        this.onChange = () => {};
        this.write();
        const change = () => {
            this.read();
            this.onChange();
        };
        this.form.addEventListener("input", change);
        this.form.addEventListener("submit", (event) => event.preventDefault());
        // The event comes before the fields are reset.
        this.form.addEventListener("reset", () => setTimeout(change));
    }

    // Settings and fields

    write() {
        const { settings } = this;
        const fields = this.form.elements;
        fields.text.value = settings.text;
        for (const field of this.kinds()) {
            field.checked = settings.with.has(field.value);
        }
        fields.ms.value = settings.ms || "";
        for (const origin of ORIGINS) {
            fields[origin].checked = !settings.off.has(origin);
        }
    }

    read() {
        const { settings } = this;
        const fields = this.form.elements;
        settings.text = fields.text.value.trim().toLowerCase();
        const kinds = this.kinds().filter((field) => field.checked);
        settings.with = new Set(kinds.map((field) => field.value));
        settings.ms = Number(fields.ms.value) || 0;
        settings.off = new Set(ORIGINS.filter((origin) => !fields[origin].checked));
    }

    clear() {
        Object.assign(this.settings, {
            text: "",
            with: new Set(),
            ms: 0,
            off: new Set(),
        });
        this.write();
    }

    // One checkbox for each kind of effect that there is.
    kinds() {
        return [...this.form.querySelectorAll("[name=with]")];
    }

    // What passes

    get isOn() {
        const { text, off, with: kinds, ms } = this.settings;
        return Boolean(text || off.size || kinds.size || ms);
    }

    allows(row) {
        const { ms } = this.settings;
        return (
            this.hasOrigin(row) &&
            this.hasKinds(row) &&
            !(ms && row.dataset.ms !== undefined && Number(row.dataset.ms) < ms)
        );
    }

    hasOrigin(row) {
        return !this.settings.off.has(row.dataset.origin);
    }

    // Else what is in no receiver has no place here.
    get hasAllOrigins() {
        return this.settings.off.size === 0;
    }

    // Whether a row has an effect of each kind that is asked for.
    hasKinds(row) {
        const has = row.dataset.with?.split(" ");
        return !has || [...this.settings.with].every((kind) => has.includes(kind));
    }

    hasText(row) {
        const { text } = this.settings;
        return !text || this.searchText(row).includes(text);
    }

    // A row's text, with its statement in full and the full paths of its files and signals.
    searchText(row) {
        if (row.searchText === undefined) {
            const titled = row.querySelectorAll(".fsp-place, b[title]");
            const places = [...titled].map((each) => each.title);
            const statement = this.statements.get(row.dataset.same) || "";
            const parts = [row.textContent, statement, row.dataset.find || "", ...places];
            row.searchText = parts.join("\n").toLowerCase();
        }
        return row.searchText;
    }

    filterTables(view) {
        const rows = [...view.querySelectorAll("tr[data-kind]")];
        const passing = new Set(this.matching(view));
        for (const row of rows) {
            row.hidden = !passing.has(row);
        }
        for (const group of view.querySelectorAll("tbody[data-group]")) {
            group.hidden = !group.querySelector("tr[data-kind]:not([hidden])");
        }
        // What was looked for isn't left behind a fold.
        for (const fold of this.settings.text ? view.querySelectorAll(".fsp-fold") : []) {
            fold.open ||= Boolean(fold.querySelector("tr[data-kind]:not([hidden])"));
        }
        this.say(rows, (row) => !row.hidden);
    }

    // The rows of a view that pass.
    matching(view) {
        const rows = [...view.querySelectorAll("tr[data-kind]")];
        return rows.filter((row) => this.hasText(row) && this.allows(row));
    }

    say(rows, passes) {
        const number = rows.filter(passes).length;
        this.hasNothing = this.isOn && !number;
        const text = number ? `${number} of ${rows.length} rows` : "Nothing matches";
        this.place.textContent = this.isOn ? text : "";
    }
}

// The cascade shows statements in a short form; their own view has them in full.
function statementsIn(panel) {
    const rows = [...panel.querySelectorAll(".fsp-view [data-find]")];
    return new Map(
        rows.map((row) => [row.id.replace("fsp_same_", ""), row.dataset.find.toLowerCase()]),
    );
}
