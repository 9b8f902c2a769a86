// Leads from a statement to its row in the toolbar's SQL panel.

// Loading that panel may take long when many queries ran.
const ENOUGH_MS = 60_000;

// Shows the buttons that lead there, unless that panel is switched off.
export function offerSqlPanel(within) {
    const isOn = within.closest("#djDebug")?.querySelector("#djdt-SQLPanel > a");
    for (const button of within.querySelectorAll("[data-sql-panel]")) {
        button.hidden = !isOn;
    }
}

export function showInSqlPanel(button) {
    const toolbar = button.closest("#djDebug");
    const panel = toolbar.querySelector("#SQLPanel");
    const pattern = patternOf(button.dataset.sqlPanel);
    toolbar.querySelector("#djdt-SQLPanel > a").click();
    if (!showRow(panel, pattern)) {
        // The panel is still loading.
        const observer = new MutationObserver(
            () => showRow(panel, pattern) && observer.disconnect(),
        );
        observer.observe(panel, { childList: true, subtree: true });
        setTimeout(() => observer.disconnect(), ENOUGH_MS);
    }
}

function showRow(panel, pattern) {
    const row = [...panel.querySelectorAll("tr[id^=sqlMain_]")].find((each) => {
        // The statement in full, which is hidden until the row is opened.
        const shown = each.querySelector(".djDebugCollapsed");
        return shown && pattern.test(shown.textContent.replace(/\s+/g, ""));
    });
    if (row) {
        row.classList.add("djdt-highlighted");
        row.scrollIntoView({ block: "center" });
        row.querySelector("button")?.focus();
    }
    return Boolean(row);
}

// The SQL panel shows values where a recorded statement has placeholders.
function patternOf(sql) {
    const parts = sql
        .replace(/… \([\d,]+ more characters\)$/, "%s")
        .replace(/\s+/g, "")
        .split(/%s|%\(\w+\)s/);
    const literal = (text) => text.replaceAll("%%", "%").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${parts.map(literal).join("[\\s\\S]*?")}$`);
}
