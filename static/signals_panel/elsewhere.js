// Says where a name is, when the filter finds nothing in the cascade.

// The view that has an answer for each receiver that wasn't called.
const FIRST = "not-called";

export async function lookElsewhere(panel) {
    const { filter, views } = panel;
    const { text } = filter.settings;
    // Of two that are under way, the one that was asked for last has the word.
    const isWanted = () =>
        text && text === filter.settings.text && views.shown === "cascade" && filter.hasNothing;
    say(panel, "");
    if (!isWanted()) {
        return;
    }
    await panel.fetched.load(views.view(FIRST));
    if (!isWanted()) {
        return;
    }
    const names = views.tabs.map((tab) => tab.dataset.view).filter((name) => name !== FIRST);
    for (const name of [FIRST, ...names]) {
        const found = filter.matching(views.view(name));
        if (name !== "cascade" && found.length) {
            say(panel, sentence(found, views.title(name)), name, views.title(name));
            return;
        }
    }
}

function sentence(rows, title) {
    const hint = rows[0].dataset.hint;
    const more = rows.length - 1;
    if (!hint) {
        return `Found in “${title}”: ${rows.length} ${more ? "rows" : "row"}.`;
    }
    return more ? `${hint}, and ${more} more.` : `${hint}.`;
}

function say(panel, text, view, title) {
    const place = panel.querySelector(".fsp-elsewhere");
    place.textContent = text;
    if (view) {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.show = view;
        button.textContent = `See “${title}”`;
        place.append(" ", button);
    }
}
