// Sorts a table when the heading of a column is clicked.

// `remembered` holds the column and the direction for each view.
export function startSorting(panel, remembered) {
    for (const table of panel.querySelectorAll(".fsp-sortable")) {
        const view = table.closest("[data-view]").dataset.view;
        const heads = [...table.tHead.rows[0].cells];
        for (const head of heads.filter((each) => each.dataset.sort)) {
            addButton(head).addEventListener("click", () => {
                const direction = nextDirection(head);
                remembered[view] = [head.cellIndex, direction];
                sort(table, head, direction);
            });
        }
        if (remembered[view]) {
            const [index, direction] = remembered[view];
            sort(table, heads[index], direction);
        }
    }
}

function addButton(head) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    return button;
}

// The first click puts the largest number first, or the words in alphabetical order.
function nextDirection(head) {
    const first = head.dataset.sort === "number" ? "descending" : "ascending";
    const other = first === "descending" ? "ascending" : "descending";
    return head.getAttribute("aria-sort") === first ? other : first;
}

function sort(table, head, direction) {
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
            body.append(row);
        }
    }
}
